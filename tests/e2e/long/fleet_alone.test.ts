/** A machine that is cut off from its fleet, opens by its own journal, and comes back. */
import assert from "node:assert/strict";
import { knock } from "../../lab/daemon.ts";
import { cut } from "../../lab/etcd_faults.ts";
import { type FleetHost, FleetHosts } from "../../lab/fleet_hosts.ts";
import { waitFor } from "../../lab/net.ts";
import { alice } from "../../lab/one_time.ts";

Deno.test("whoever opened while cut off pays the debt, and a replay elsewhere is refused then", async () => {
  await using fleet = await FleetHosts.start({ alone: "open", opens: "kernel" });
  const { client } = fleet;
  const [a, b, c] = [fleet.node("a"), fleet.node("b"), fleet.node("c")];
  const ports = (counter: number) => a.door.ports(alice, counter);
  await fleet.letIn(a, 0);
  await fleet.waitForOpen([`ssh ${client.ipv4}`]);
  assert.match(await a.knockd("close", "ssh", client.ipv4), /^closed 1 lease/);
  await fleet.waitForOpen([]);

  // The way to etcd is gone, not the way to the door.
  const mend = await cut(a.host, "the way to etcd");
  await knock(client, a.host.ipv4, ...ports(1));
  await a.daemon.waitForLine(/opens by this machine's journal alone/, 30_000);
  await fleet.waitForOpen([`ssh ${client.ipv4}`], [a]);
  await fleet.waitForOpen([], [b, c]);
  // It comes back: what it owes is paid, unless what it had sent was only late, and what it
  // opened is open on all.
  await mend();
  const paid = async () => /"owes":\s*false/.test(await a.knockd("status", "--json"));
  await waitFor(paid, 60_000, "the debt's end");
  await fleet.waitForOpen([`ssh ${client.ipv4}`]);
  for (const { daemon, host } of [b, c]) {
    await knock(client, host.ipv4, ...ports(1));
    await daemon.waitForLine(/ssh: refused \(alice\): .*used already/, 30_000);
  }
  assert.ok(!fleet.nodes.some(({ daemon }) => daemon.stdout.includes("ALARM")));

  // It is extended at another one, on all: the kernels let the same in for the same time.
  const heard = a.daemon.lines.length;
  await fleet.letIn(c, 2);
  await a.daemon.waitForLine(
    /ssh: open already, for (29\d|300) more seconds/,
    30_000,
    heard,
  );
  const [[, left] = []] = await fleet.waitForEqual();
  assert.ok(left! > 250, `${left}`);

  // One that was down meanwhile is equal when it is back, though its clock is an hour behind.
  await killed(c);
  assert.match(await b.knockd("close", "ssh", client.ipv4), /^closed 1 lease/);
  await knock(client, b.host.ipv4, 7001, 7002, 7003);
  await fleet.waitForOpen([`web ${client.ipv4}`], [a, b]);
  await c.start(-HOUR);
  await c.joined();
  const since = Date.now();
  assert.equal((await fleet.waitForEqual()).size, 1);
  console.log(`equal after ms`, Date.now() - since);

  // With one that is ahead, news are what may be played back: it opens nothing, and says why.
  await killed(c);
  assert.match(await b.knockd("close", "web", client.ipv4), /^closed 1 lease/);
  await fleet.letIn(a, 3);
  await c.start(HOUR);
  await c.daemon.waitForLine(/ssh: knocked at a, .* 36\d\d s ago, .*clocks are right$/);
  await fleet.waitForOpen([], [c]);

  // It closes like all others, though nobody is there who opened.
  await killed(a);
  assert.match(await b.knockd("close", "ssh", client.ipv4), /^closed 1 lease/);
  await fleet.waitForOpen([], [b, c]);
  await a.start();
  await fleet.waitForOpen([]);
  assert.equal((await fleet.waitForEqual()).size, 0);
});

const HOUR = 3600;

async function killed({ daemon }: FleetHost): Promise<void> {
  daemon.kill("SIGKILL");
  await daemon.exited;
}
