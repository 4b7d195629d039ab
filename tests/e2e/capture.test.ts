import assert from "node:assert/strict";
import { ethernet, savefile } from "../core/frames.ts";
import { tcp } from "../core/packets.ts";
import { type Host, Network, type Process, sleep, waitFor } from "./net.ts";

const DENO = [Deno.execPath(), "run", "--allow-all"];
const DRIVER = new URL("capture_driver.ts", import.meta.url).pathname;
const TUN_PROGRAM = new URL("tun_program.ts", import.meta.url).pathname;

/** "Heard within a second of being there", and some for a busy test machine. */
const SOON = 1500;

/** What the driver prints, in the parts that are there. */
interface Line {
  kind: string;
  interface?: string;
  addresses?: string[];
  reason?: string;
  linkType?: number;
  port?: number;
  delay?: number;
  flood?: number;
  cpu?: number;
  memory?: number;
  interfaces?: { interface: string; hears: boolean; packets: number; dropped: number }[];
  before?: string;
  now?: string;
  ms?: number;
  message?: string;
  hint?: string;
}

/** A capture on a host. */
class Driver {
  readonly process: Process;
  #read = 0;

  constructor(host: Host, interfaces: string[], filter = "udp or tcp") {
    this.process = host.spawn([...DENO, DRIVER, filter, ...interfaces]);
  }

  /** The next line of these kinds; others are passed over. */
  async next(kinds: string[], timeout = SOON): Promise<Line> {
    let found: Line | undefined;
    await waitFor(
      () => {
        while (found === undefined && this.#read < this.process.lines.length) {
          const text = this.process.lines[this.#read++]!;
          // libpcap itself writes to standard error that a filter did not fit.
          const line = (text.startsWith("{") ? JSON.parse(text) : { kind: "" }) as Line;
          if (kinds.includes(line.kind)) found = line;
        }
        return found !== undefined;
      },
      timeout,
      () => `${kinds} after\n${this.process.lines.join("\n")}\n${this.process.stderr}`,
    );
    return found!;
  }

  /** The next that is said of an interface, in short words. */
  async news(timeout = SOON): Promise<string> {
    const line = await this.next(["listening", "deaf", "slow"], timeout);
    return `${line.interface} ${line.kind}`;
  }

  /** Waits until it hears. */
  async hears(): Promise<void> {
    while (!(await this.news()).endsWith("listening"));
  }

  /** The port of the next packet. */
  async port(): Promise<number> {
    return (await this.next(["packet"])).port!;
  }

  async ask(signal: Deno.Signal, kind: string): Promise<Line> {
    this.process.kill(signal);
    return await this.next([kind]);
  }
}

/** Two hosts, with a capture on the first. */
async function hosts(interfaces = ["eth0"], filter?: string, defaultRoute = true) {
  const net = await Network.create();
  const server = await net.host("server", { defaultRoute });
  const client = await net.host("client");
  const driver = new Driver(server, interfaces, filter);
  // The first start also compiles.
  await waitFor(() => driver.process.lines.length > 1, 10_000, "start");
  const ip = (command: string) => server.run(["ip", ...command.split(" ")]);
  return {
    net,
    server,
    client,
    driver,
    ip,
    [Symbol.asyncDispose]: () => net[Symbol.asyncDispose](),
  };
}

/** Sends one datagram to a closed port. */
async function knock(from: Host, address: string, port: number): Promise<void> {
  await from.run(["bash", "-c", 'echo >"/dev/udp/$0/$1"', address, String(port)]);
}

Deno.test("capture hears packets to closed ports, soon, in IPv4 and IPv6", async () => {
  await using at = await hosts();
  const { server, client, driver } = at;
  assert.deepEqual(
    (await driver.next(["addresses"])).addresses?.sort(),
    [
      "10.77.0.1",
      "127.0.0.1",
      "::1",
      "fd77::1",
      ...at.driver.process.lines[0]!.match(/fe80[0-9a-f:]*/g) ?? [],
    ].sort(),
  );
  assert.equal(await driver.news(), "eth0 listening");
  await knock(client, server.ipv6, 7000);
  assert.equal(await driver.port(), 7000);
  const delays: number[] = [];
  for (let i = 0; i < 50; i++) {
    await knock(client, server.ipv4, 8000 + i);
    const { port, delay } = await driver.next(["packet"]);
    assert.equal(port, 8000 + i);
    delays.push(delay!);
  }
  delays.sort((a, b) => a - b);
  console.log(`packet to handler: median ${delays[25]} ms, worst ${delays[49]} ms`);
  assert.ok(delays[25]! < 5, `${delays}`);
});

Deno.test("capture does not hear what this host sends", async () => {
  await using at = await hosts();
  await knock(at.server, at.client.ipv4, 7001);
  await knock(at.client, at.server.ipv4, 7002);
  assert.equal(await at.driver.port(), 7002);
  const { interfaces } = await at.driver.ask("SIGHUP", "status");
  assert.equal(interfaces?.[0]?.packets, 1);
});

Deno.test("capture closes within 50 ms and leaves no descriptor to children", async () => {
  await using at = await hosts();
  const { before, now } = await at.driver.ask("SIGUSR2", "inherited");
  assert.deepEqual(now, before);
  const { ms } = await at.driver.ask("SIGTERM", "closed");
  assert.ok(ms! < 50, `${ms} ms`);
});

Deno.test("capture waits for an interface and follows it wherever it goes", async () => {
  await using at = await hosts(["k0"]);
  const { client, driver, ip } = at;
  const add = async () => {
    await ip(`link add k0 type veth peer name k0 netns ${client.namespace}`);
    await client.run(["ip", "link", "set", "k0", "up"]);
    await client.run(["ip", "address", "replace", "10.79.0.2/24", "dev", "k0"]);
    await ip("address add 10.79.0.1/24 dev k0");
  };
  const hears = async (port: number) => {
    assert.equal(await driver.news(), "k0 listening");
    // Address resolution may need a while after the link comes up.
    await waitFor(async () => {
      await knock(client, "10.79.0.1", port);
      return driver.process.lines.some((line) => line.includes(`"port":${port}`));
    }, SOON);
  };
  assert.equal(await driver.news(), "k0 deaf");
  await add();
  await ip("link set k0 up");
  await hears(7001);
  await ip("link set k0 down");
  assert.equal(await driver.news(), "k0 deaf");
  await ip("link set k0 up");
  await hears(7002);
  await ip("link delete k0");
  assert.equal(await driver.news(), "k0 deaf");
  await add();
  await ip("link set k0 up");
  await hears(7003);
  await ip("link set k0 down");
  assert.equal(await driver.news(), "k0 deaf");
  await ip("link set k0 name k1");
  await ip("link set k1 up");
  await sleep(700);
  const { interfaces } = await driver.ask("SIGHUP", "status");
  assert.equal(interfaces?.[0]?.hears, false);
  await ip("link set k1 down");
  await ip("link set k1 name k0");
  await ip("link set k0 up");
  await hears(7004);
});

Deno.test("capture leaves an interface renamed while it is up", async () => {
  await using at = await hosts();
  assert.equal(await at.driver.news(), "eth0 listening");
  const renamed = await at.server.run(["ip", "link", "set", "eth0", "name", "lan0"], {
    check: false,
  });
  if (renamed.code !== 0) {
    // Kernels before 6.2 rename an interface only while it is down.
    await at.ip("link set eth0 down");
    await at.ip("link set eth0 name lan0");
  }
  assert.equal(await at.driver.news(), "eth0 deaf");
});

Deno.test("capture hears again however often an interface flaps", async () => {
  await using at = await hosts();
  const { server, client, driver, ip } = at;
  for (let i = 0; i < 10; i++) {
    await ip("link set eth0 down");
    await ip("link set eth0 up");
    await sleep(i * 30);
  }
  await ip(`address replace ${server.ipv6}/64 dev eth0 nodad`);
  await sleep(1000);
  await knock(client, server.ipv4, 7009);
  assert.equal(await driver.port(), 7009);
  const { interfaces } = await driver.ask("SIGHUP", "status");
  assert.equal(interfaces?.[0]?.hears, true);
});

Deno.test("capture tells addresses that come and go", async () => {
  await using at = await hosts();
  await at.driver.next(["addresses"]);
  await at.ip("address add 10.77.0.99/24 dev eth0");
  assert.ok((await at.driver.next(["addresses"])).addresses?.includes("10.77.0.99"));
  await at.ip("address delete 10.77.0.99/24 dev eth0");
  assert.ok(!(await at.driver.next(["addresses"])).addresses?.includes("10.77.0.99"));
});

Deno.test("capture hears several interfaces", async () => {
  await using at = await hosts(["eth0", "lo"]);
  assert.equal(await at.driver.news(), "eth0 listening");
  assert.equal(await at.driver.news(), "lo listening");
  await knock(at.client, at.server.ipv4, 7001);
  assert.equal(await at.driver.port(), 7001);
  await knock(at.server, "127.0.0.1", 7002);
  assert.equal(await at.driver.port(), 7002);
  const { interfaces } = await at.driver.ask("SIGHUP", "status");
  assert.deepEqual(interfaces?.map(({ packets }) => packets), [1, 1]);
});

Deno.test("capture hears any interface through one", async () => {
  await using at = await hosts(["any"]);
  assert.equal(await at.driver.news(), "any listening");
  await knock(at.client, at.server.ipv4, 7001);
  assert.equal(await at.driver.port(), 7001);
  await knock(at.server, "::1", 7002);
  assert.equal(await at.driver.port(), 7002);
  await at.ip("link set eth0 down");
  await at.ip("link set eth0 up");
  await knock(at.client, at.server.ipv4, 7003);
  assert.equal(await at.driver.port(), 7003);
});

Deno.test("capture follows the default route", async () => {
  await using at = await hosts([], undefined, false);
  const { client, driver, ip } = at;
  const { interface: missing } = await driver.next(["deaf"]);
  assert.equal(missing, "default route");
  await ip("route add default dev eth0");
  assert.equal(await driver.news(), "eth0 listening");
  await ip(`link add k0 type veth peer name k0 netns ${client.namespace}`);
  await ip("link set k0 up");
  await ip("route replace default dev k0");
  assert.equal(await driver.news(), "eth0 deaf");
  assert.equal(await driver.news(), "k0 listening");
});

Deno.test("capture hears a TUN device, whose packets have no link header", async () => {
  await using at = await hosts(["tun0"]);
  assert.equal(await at.driver.news(), "tun0 deaf");
  const vpn = at.server.spawn([...DENO, TUN_PROGRAM, "tun0", "7005"]);
  await vpn.waitForLine(/^ready$/);
  await at.ip("link set tun0 up");
  assert.equal(await at.driver.news(), "tun0 listening");
  const { port, linkType } = await at.driver.next(["packet"]);
  assert.deepEqual([port, linkType], [7005, 12]);
  await vpn.stop();
  assert.equal(await at.driver.news(), "tun0 deaf");
});

Deno.test("capture hears frames with a VLAN tag", async () => {
  await using at = await hosts();
  const tagged = ethernet(tcp({ dport: 7006 }), [0x8100]);
  await replay(at.client, "eth0", [tagged], 1);
  assert.equal(await at.driver.port(), 7006);
});

Deno.test("capture takes up a new filter without missing a packet", async () => {
  await using at = await hosts(["eth0"], "udp dst port 7001;udp dst port 7002");
  await knock(at.client, at.server.ipv4, 7002);
  await knock(at.client, at.server.ipv4, 7001);
  assert.equal(await at.driver.port(), 7001);
  await at.driver.ask("SIGQUIT", "refiltered");
  await knock(at.client, at.server.ipv4, 7001);
  await knock(at.client, at.server.ipv4, 7002);
  assert.equal(await at.driver.port(), 7002);
});

Deno.test("capture tells when the kernel does not take the filter, and still filters", async () => {
  const even = (i: number) => `ether[36:2] = ${10000 + 2 * i}`;
  const ports = Array.from({ length: 3000 }, (_, i) => even(i));
  await using at = await hosts(["eth0"], ports.join(" or "));
  assert.equal(await at.driver.news(), "eth0 slow");
  assert.equal(await at.driver.news(), "eth0 listening");
  await knock(at.client, at.server.ipv4, 10001);
  await knock(at.client, at.server.ipv4, 10002);
  assert.equal(await at.driver.port(), 10002);
});

Deno.test("capture without the right to ends at once with what to do", async () => {
  await using net = await Network.create();
  const host = await net.host("host");
  const powerless = ["setpriv", "--bounding-set", "-net_raw", ...DENO, DRIVER, ""];
  for (const interfaces of [["eth0"], ["nosuch0"], []]) {
    const { code, stdout } = await host.run([...powerless, ...interfaces], {
      check: false,
    });
    assert.equal(code, 1);
    const failure = stdout.split("\n").find((line) => line.includes("failure")) ?? "";
    assert.match(failure, /no right to capture.*CAP_NET_RAW/);
  }
});

Deno.test("capture takes every packet of a flood, and counts those it had no time for", async () => {
  await using at = await hosts(["k0"]);
  const { client, driver, ip } = at;
  await ip(`link add k0 type veth peer name k0 netns ${client.namespace}`);
  await client.run(["ip", "link", "set", "k0", "up"]);
  await ip("link set k0 up");
  await driver.hears();
  const distinct = 50_000;
  const frames = Array.from({ length: distinct }, (_, i) => {
    const src = `11.${i >> 16 & 255}.${i >> 8 & 255}.${i & 255}`;
    return ethernet(tcp({ src, dport: 9, sport: 1024 + i }));
  });
  const before = await driver.ask("SIGHUP", "status");
  const sent = await replay(client, "k0", frames, 20);
  await sleep(100);
  const after = await driver.ask("SIGHUP", "status");
  const { dropped } = after.interfaces![0]!;
  const cpu = after.cpu! - before.cpu!;
  console.log(
    `${sent}\nheard ${after.flood}, dropped ${dropped}, ${cpu.toFixed(2)} CPU s, ` +
      `${Math.round(after.memory! / 2 ** 20)} MiB resident`,
  );
  assert.equal(dropped, 0);
  assert.equal(after.flood, 20 * distinct);

  driver.process.kill("SIGSTOP");
  await replay(client, "k0", frames, 1);
  driver.process.kill("SIGCONT");
  await sleep(200);
  const stalled = await driver.ask("SIGHUP", "status");
  const lost = stalled.interfaces![0]!.dropped;
  assert.ok(lost > 0);
  assert.equal(stalled.flood! + lost, 21 * distinct);
});

/** Sends frames at top speed; what tcpreplay says of it. */
async function replay(from: Host, device: string, frames: Uint8Array[], loops: number) {
  const path = await Deno.makeTempFile({ suffix: ".pcap" });
  try {
    await Deno.writeFile(path, savefile(1, frames));
    const options = ["-K", "-i", device, "--topspeed", "--loop", String(loops)];
    return (await from.run(["tcpreplay", ...options, path])).stdout;
  } finally {
    await Deno.remove(path);
  }
}
