import { deepEqual, equal, match } from "node:assert/strict";
import { formatEntry, parseEntry } from "../../../lib/server/fleet/entry.ts";
import { EntryKeys } from "../../../lib/server/fleet/entry_keys.ts";
import { FleetDoors } from "../../../lib/server/fleet/fleet_doors.ts";
import { FleetFacts } from "../../../lib/server/fleet/fleet_facts.ts";
import { FleetReport } from "../../../lib/server/fleet/fleet_report.ts";
import { Revocations } from "../../../lib/server/fleet/revocations.ts";
import { load, SECRET } from "../../config/files.ts";
import { FakeSystem } from "../fake_system.ts";
import { memoryLog } from "../log/memory_log.ts";
import { FORGER, KEYS, MemoryEngine, SEAL, SERIES } from "./fleet_lab.ts";

/** A node on which alice is revoked, and the engine that knows it. */
async function node() {
  const { config } = await load(
    `[doors.ssh]\nopen = 22\notp.mode = "hotp"\nclients.alice.secret = "${SECRET}"`,
  );
  const all = [{ ...config!.doors[0]!, fleet: { group: "g", alone: "shut" } as const }];
  const doors = new FleetDoors(() => all);
  const [id] = [...doors.series.keys()] as [string];
  const system = new FakeSystem();
  const log = memoryLog();
  const facts = await FleetFacts.open(":memory:");
  const engine = new MemoryEngine();
  const losses: string[] = [];
  const inFleet = (keys: EntryKeys) =>
    new Revocations({
      ...{ engine, keys, seal: SEAL, system, facts, doors, node: "b" },
      report: new FleetReport(log.logger, system),
      onLoss: () => losses.push("loss"),
    });
  const own = inFleet(KEYS);
  const found = (seal = SEAL, series = id) => {
    const key = KEYS.revoked(series);
    const entry = { v: 1, door: "ssh", client: "alice", by: "a", at: 1 } as const;
    const value = formatEntry("revoked", entry, key, seal);
    return { key, value, lease: "0", revision: 1 };
  };
  own.put(found(), id);
  const key = KEYS.revoked(id);
  const there = () =>
    parseEntry("revoked", engine.values.get(key) ?? "", key, SEAL)?.client;
  const alarms = () => log.lines.filter((line) => line.startsWith("ALARM: ssh: etcd"));
  return {
    ...{ id, facts, engine, losses, own, inFleet, found, there, alarms, log },
    [Symbol.dispose]: () => facts[Symbol.dispose](),
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("whoever was revoked in the fleet is revoked here, and it is said once", async () => {
  using b = await node();
  b.own.put(b.found(), b.id);
  await b.own.listed([{ found: b.found(), series: b.id }]);
  equal(b.facts.isRevoked(b.id), true);
  deepEqual(b.log.lines, ["ssh: alice was revoked in the whole fleet, at a"]);
  equal(b.there(), undefined, "nothing is told to who knows it");
});

Deno.test("a revocation that can't be noted is said, and the others are heard", async () => {
  using b = await node();
  b.facts.revoke = () => {
    throw new Error("database or disk is full");
  };
  const other = { found: b.found(SEAL, SERIES), series: SERIES };
  await b.own.listed([other, { found: b.found(), series: b.id }]);
  deepEqual(b.log.lines.slice(1), [
    "ssh: alice was revoked in the whole fleet, at a",
    "fleet: database or disk is full",
  ]);
});

Deno.test("an engine that has forgotten who was revoked is told anew, and it is an alarm", async () => {
  using b = await node();
  const ways = [
    () => b.own.listed([]),
    () => b.own.listed([{ found: b.found(FORGER), series: b.id }]),
    () => b.own.deleted(b.id),
    () => b.own.put(b.found(FORGER), b.id),
  ];
  for (const forgets of ways) {
    b.engine.values.clear();
    await forgets();
    await settled();
    equal(b.there(), "alice");
    equal(b.facts.isRevoked(b.id), true);
  }
  equal(b.alarms().length, 1);
  match(b.alarms()[0]!, /forgotten that alice was revoked/);
});

Deno.test("a fleet of another name has forgotten nothing, and is told of who was revoked", async () => {
  using b = await node();
  await b.inFleet(new EntryKeys("other")).listed([]);
  deepEqual([...b.engine.values.keys()], [`knockd/v1/other/revoked/${b.id}`]);
  deepEqual(b.log.lines.slice(1), ["ssh: told the fleet that alice is revoked"]);
});

Deno.test("whoever is not revoked, or in no config, is not told of", async () => {
  using b = await node();
  b.own.put(b.found(SEAL, SERIES), SERIES);
  b.own.put(b.found(FORGER, "f".repeat(32)), "f".repeat(32));
  b.own.deleted(SERIES);
  await b.own.listed([{ found: b.found(), series: b.id }]);
  await settled();
  equal(b.engine.values.size, 0);
  equal(b.facts.isRevoked("f".repeat(32)), false);
});

Deno.test("what could not be told of who was revoked is looked at anew", async () => {
  using b = await node();
  b.engine.faults.push("lost on the way");
  b.own.deleted(b.id);
  await settled();
  deepEqual(b.losses, ["loss"]);
});
