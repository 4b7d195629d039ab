import assert from "node:assert/strict";
import { ethernet } from "../core/frames.ts";
import { tcp } from "../core/packets.ts";
import { DENO, DRIVER, hosts, knock, replay } from "../lab/capture_host.ts";
import { Network, repeatUntil } from "../lab/net.ts";

Deno.test("capture hears packets to closed ports, in IPv4 and IPv6", async () => {
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
});

Deno.test("capture does not hear what this host sends", async () => {
  await using at = await hosts();
  await knock(at.server, at.client.ipv4, 7001);
  await knock(at.client, at.server.ipv4, 7002);
  assert.equal(await at.driver.port(), 7002);
  const { interfaces } = await at.driver.ask("SIGHUP", "status");
  assert.equal(interfaces?.[0]?.packets, 1);
});

Deno.test("capture closes and leaves no descriptor to children", async () => {
  await using at = await hosts();
  const { before, now } = await at.driver.ask("SIGUSR2", "inherited");
  assert.deepEqual(now, before);
  const { ms } = await at.driver.ask("SIGTERM", "closed");
  console.log(`closed in ${ms} ms`);
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
  // The switch needs a moment to see that the cable is in again.
  await repeatUntil(
    () => at.driver.process.lines.some((line) => line.includes('"port":7003')),
    () => knock(at.client, at.server.ipv4, 7003),
  );
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
  const after = await driver.accounted(20 * distinct);
  const { dropped } = after.interfaces![0]!;
  const cpu = after.cpu! - before.cpu!;
  console.log(
    `${sent}\nheard ${after.flood}, dropped ${dropped}, ${cpu.toFixed(2)} CPU s, ` +
      `${Math.round(after.memory! / 2 ** 20)} MiB resident`,
  );
  // A machine that is busy otherwise may have no time for some, but knows how many.
  assert.ok(dropped < distinct, `${dropped} lost`);
  assert.equal(after.flood! + dropped, 20 * distinct);

  driver.process.kill("SIGSTOP");
  await replay(client, "k0", frames, 1);
  driver.process.kill("SIGCONT");
  const stalled = await driver.accounted(21 * distinct);
  const lost = stalled.interfaces![0]!.dropped;
  assert.ok(lost > dropped);
  assert.equal(stalled.flood! + lost, 21 * distinct);
});
