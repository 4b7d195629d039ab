/** One-time knocks over bad wires: how many open their door? */
import { Scratch } from "../e2e/daemon.ts";
import { type Host, KNOCKD, Network, type Process } from "../e2e/net.ts";
import { type Member, RotatingDoor, User } from "../e2e/one_time.ts";
import { Secret } from "../../lib/core/secret.ts";

/** How bad the wires are, and how many knocks go over them. */
export interface LossyOptions {
  readonly knocks: number;
  /** Chance of a packet to be lost, in each direction. */
  readonly loss: number;
  /** Milliseconds by which packets are late, at most: those behind overtake them. */
  readonly jitter: number;
  /** Chance of a packet to come twice. */
  readonly double: number;
  readonly seed: number;
}

/** What came of it. */
export interface LossyReport {
  readonly knocks: number;
  readonly opened: number;
  /** What the wires carried and lost. */
  readonly wires: readonly string[];
  /** Milliseconds that knocks took until the port was open, sorted. */
  readonly took: readonly number[];
}

/** Clients at a time, each with an address and a wire of its own. */
const CLIENTS = 4;
const PROGRAM = new URL("../e2e/bad_wire_program.ts", import.meta.url).pathname;

/** Knocks with --otp, --wait-port and --retries 3, and counts. */
export async function lossy(options: LossyOptions): Promise<LossyReport> {
  await using scratch = await Scratch.create();
  await using net = await Network.create();
  const server = await net.host("server");
  await server.dropIncoming();
  await server.run(["iptables", "-N", "KNOCK"]);
  await server.run(["iptables", "-A", "INPUT", "-j", "KNOCK"]);
  await server.listen(22);
  const members = Array.from({ length: CLIENTS }, (_, i): Member => ({
    name: `client${i}`,
    secret: new Secret(new Uint8Array(32).fill(i + 1)),
  }));
  const command = `command = "iptables -w -A KNOCK -s %IP% -p tcp --dport 22 -j ACCEPT"`;
  const door = new RotatingDoor(scratch, "ssh", members, {
    mode: "hotp",
    protocol: "mixed",
  }, [command]);
  const wires = members.map((_, i) => `wire${i}`);
  const config = await scratch.config(door.text);
  const wired = [];
  for (const [i, name] of wires.entries()) {
    wired.push(await connect(net, server, name, i, options));
  }
  await Deno.writeTextFile(
    config,
    (await Deno.readTextFile(config)).replace('"eth0"', JSON.stringify(wires)),
  );
  const daemon = server.spawn([...KNOCKD, "serve", "-c", config]);
  for (const name of wires) {
    await daemon.waitForLine(new RegExp(`listening on ${name} `), 20_000);
  }

  const took: number[] = [];
  let left = options.knocks;
  await Promise.all(wired.map(async ({ client, address, own }, i) => {
    await using user = await User.create(KNOCKD, client, door.uri(members[i]!, address));
    while (left-- > 0) {
      const asked = performance.now();
      const { code } = await user.knockd(
        ["knock", address, "--otp", "--wait-port", "22", "--retries", "3"],
        { check: false, timeout: 60_000 },
      );
      if (code === 0) took.push(performance.now() - asked);
      const rule = ["-s", own, "-p", "tcp", "--dport", "22", "-j", "ACCEPT"];
      // A knock that opened twice has left two.
      const remove = ["iptables", "-w", "-D", "KNOCK", ...rule];
      while ((await server.run(remove, { check: false })).code === 0);
    }
  }));
  const counts = await Promise.all(wired.map(({ wire }) => countsOf(wire)));
  return {
    knocks: options.knocks,
    opened: took.length,
    wires: counts,
    took: took.toSorted((a, b) => a - b),
  };
}

/** A new client, joined to the server by a bad wire. */
async function connect(
  net: Network,
  server: Host,
  name: string,
  i: number,
  { loss, jitter, double, seed }: LossyOptions,
) {
  const client = await net.host(`client${i}`);
  const numbers = [loss, jitter, double, seed + i].map(String);
  const argv = [Deno.execPath(), "run", "--allow-all", PROGRAM, "wire", name];
  const wire = client.spawn([...argv, ...numbers]);
  await wire.waitForLine(/^ready$/, 10_000);
  await client.run(["ip", "link", "set", name, "netns", server.namespace]);
  const [address, own] = [`10.90.${i}.1`, `10.90.${i}.2`];
  for (
    const [host, device, local, remote] of [
      [server, name, address, own],
      [client, "wire", own, address],
    ] as const
  ) {
    await host.run(["ip", "address", "add", local, "peer", remote, "dev", device]);
    await host.run(["ip", "link", "set", device, "up"]);
  }
  return { client, address, own, wire };
}

async function countsOf(wire: Process): Promise<string> {
  await wire.stop();
  return wire.lines.at(-1)!;
}
