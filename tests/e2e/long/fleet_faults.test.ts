/** What happens to a fleet's engine, and to the ways to it: nothing is spent twice by that. */
import assert from "node:assert/strict";
import { knock } from "../../lab/daemon.ts";
import { cut, frozen, killed, leaderOf, restored, wiped } from "../../lab/etcd_faults.ts";
import { FleetHosts } from "../../lab/fleet_hosts.ts";
import { FleetRace } from "../../lab/fleet_race.ts";
import { type Host, sleep, waitFor } from "../../lab/net.ts";
import { alice } from "../../lab/one_time.ts";

/** How long a fault lasts: members elect another leader after one second or so. */
const FAULT_MS = 2000;

Deno.test("three machines race for counters under faults: none is spent twice, all go on", async () => {
  await using fleet = await FleetHosts.start();
  const { etcd } = fleet;
  const hosts = fleet.nodes.map(({ host }) => host);
  const [a, b, c] = [fleet.node("a"), fleet.node("b"), fleet.node("c")];
  const race = new FleetRace(fleet);
  await race.allSpend(0);
  const leader = () => leaderOf(etcd, hosts);
  const faults: Record<string, () => Promise<() => Promise<void>>> = {
    "the leader is cut off": async () => await cut(await leader(), "both ways"),
    "a machine hears nothing": () => cut(b.host, "what comes in"),
    "a machine's way to etcd is gone": () => cut(c.host, "the way to etcd"),
    "the leader stands still": async () => frozen(etcd, await leader()),
    "the leader is killed": async () => await killed(etcd, await leader()),
    "a member is wiped": () => wiped(etcd, a.host),
  };
  for (const [what, happens] of Object.entries(faults)) {
    const mend = await happens();
    await sleep(FAULT_MS);
    await mend();
    const since = Date.now();
    await race.allSpend(since);
    console.log(`${what}: spend again after ms`, race.backAfter(since));
  }
  console.log(await race.judge());

  // The daemons were there all the time: who knocks at one is let in by all.
  let counter = 0;
  for (const node of [a, b, c]) {
    const heard = fleet.nodes.map(({ daemon }) => daemon.lines.length);
    counter = await fleet.letIn(node, counter) + 1;
    for (const [index, { daemon, name }] of fleet.nodes.entries()) {
      if (name === node.name) continue;
      const told = new RegExp(`ssh: knocked at ${node.name}$`);
      await daemon.waitForLine(told, 60_000, heard[index]!);
    }
  }
  await goesBack(fleet, hosts, counter);
});

/** A snapshot is restored from before a knock, which opens nothing again. */
async function goesBack(fleet: FleetHosts, hosts: readonly Host[], first: number) {
  const { etcd, client } = fleet;
  const [a, b, c] = [fleet.node("a"), fleet.node("b"), fleet.node("c")];
  const snapshot = a.scratch.path("snapshot");
  await etcd.ctlAt(hosts[0]!, "snapshot", "save", snapshot);
  const heard = b.daemon.lines.length;
  const used = await fleet.letIn(a, first);
  await b.daemon.waitForLine(/ssh: knocked at a/, 60_000, heard);
  await restored(etcd, hosts, snapshot);
  const isTold = () =>
    fleet.nodes.some(({ daemon }) =>
      daemon.lines.some((line) => line.startsWith("ALARM: etcd had forgotten"))
    );
  await waitFor(isTold, 60_000, () => a.daemon.lines.join("\n"));
  for (const { daemon, host, door } of [b, c]) {
    const from = daemon.lines.length;
    await knock(client, host.ipv4, ...door.ports(alice, used));
    const [line] = await daemon.waitForLine(
      /ssh: .*(refused|knocked with)/,
      60_000,
      from,
    );
    assert.match(line, /refused/);
  }
  await fleet.letIn(c, used + 1);
}
