import { deepEqual, equal, match, throws } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Door } from "../../../lib/core/door.ts";
import { formatEntry, type LeaseEntry } from "../../../lib/server/fleet/entry.ts";
import { FleetDoors } from "../../../lib/server/fleet/fleet_doors.ts";
import { FleetFacts } from "../../../lib/server/fleet/fleet_facts.ts";
import { FleetReport } from "../../../lib/server/fleet/fleet_report.ts";
import { Honouring } from "../../../lib/server/fleet/honouring.ts";
import { FakeSystem } from "../fake_system.ts";
import { memoryLog } from "../log/memory_log.ts";
import { load } from "../../config/files.ts";
import { FORGER, KEYS, MemoryEngine, SEAL, SERIES } from "./fleet_lab.ts";
import { memoryDirectory } from "../state_directory.ts";

const PLACE = { group: "g", label: "ssh", ip: "192.0.2.7" };
const KEY = KEYS.lease(PLACE);

/** A node with the door ssh, one that follows it, and others that have nothing to do with it. */
async function doors(): Promise<readonly Door[]> {
  const { config: plain } = await load(`
[doors.ssh]
sequence = "1,2,3"
open = 22
cmd_timeout = 40
`);
  const [ssh] = plain!.doors;
  const fleet = { group: "g", alone: "shut" } as const;
  return [
    { ...ssh!, fleet },
    { ...ssh!, name: "db", key: { kind: "fleet", follow: "ssh" }, fleet, cmdTimeout: 90 },
    { ...ssh!, name: "other", fleet: { ...fleet, group: "h" } },
    { ...ssh!, name: "own" },
  ];
}

async function node() {
  const system = new FakeSystem();
  const log = memoryLog();
  const facts = await FleetFacts.open(":memory:");
  const engine = new MemoryEngine();
  const done: string[] = [];
  const used: string[] = [];
  const all = await doors();
  const honouring = new Honouring({
    engine,
    keys: KEYS,
    seal: SEAL,
    system,
    facts,
    doors: new FleetDoors(() => all),
    hand: {
      open: (door, ip, client, ms) =>
        done.push(`open ${door.name} ${ip} ${client} ${ms}`),
      close: (some, ip, why) =>
        done.push(`close ${some.map(({ name }) => name)} ${ip}: ${why}`),
    },
    report: new FleetReport(log.logger, system),
    spent: { used: (series, counter) => used.push(`${series} ${counter}`) },
  });
  let revision = 1;
  const found = (more: Partial<LeaseEntry> = {}, key = KEY, seal = SEAL) => {
    const entry: LeaseEntry = {
      v: 1,
      open_for: 60_000,
      by: "a",
      once: crypto.randomUUID().replaceAll("-", ""),
      at: system.now(),
      ...more,
    };
    return {
      key,
      value: formatEntry("lease", entry, key, seal),
      lease: "7",
      revision: revision++,
    };
  };
  const take = () => done.splice(0);
  const listed = (...some: ReturnType<typeof found>[]) =>
    honouring.listed(some.map((one) => ({ found: one, place: PLACE })), facts.shared());
  return {
    listed,
    system,
    log,
    facts,
    engine,
    honouring,
    found,
    take,
    used,
    [Symbol.dispose]: () => facts[Symbol.dispose](),
  };
}

Deno.test("a lease opens the doors of its label and group, each for its own time at most", async () => {
  using b = await node();
  b.honouring.put(b.found({ client: "alice", series: SERIES, counter: 7 }), PLACE);
  deepEqual(b.take(), [
    "open ssh 192.0.2.7 alice 40000",
    "open db 192.0.2.7 alice 60000",
  ]);
  // Who opened it alone may not have told etcd yet.
  deepEqual(b.used, [`${SERIES} 7`]);
  b.honouring.deleted(KEY, PLACE);
  deepEqual(b.take(), ["close ssh,db 192.0.2.7: closed in the fleet"]);
});

Deno.test("a lease that is played back opens nothing, as it is or as a later change", async () => {
  using b = await node();
  const old = b.found({ series: SERIES, counter: 7 });
  const plain = b.found();
  b.honouring.put(old, PLACE);
  b.honouring.put(plain, PLACE);
  b.take();
  b.honouring.put(old, PLACE);
  b.honouring.put(plain, PLACE);
  b.honouring.put(b.found({ series: SERIES, counter: 7 }), PLACE);
  b.honouring.put(b.found({ series: SERIES, counter: 6 }), PLACE);
  await b.listed(old, plain);
  deepEqual(b.take(), []);
  b.honouring.put(b.found({ series: SERIES, counter: 8 }), PLACE);
  equal(b.take().length, 2);
});

Deno.test("what was forged or moved opens nothing, and is an alarm once a minute", async () => {
  using b = await node();
  const other = { ...PLACE, ip: "192.0.2.8" };
  b.honouring.put(b.found({}, KEY, FORGER), PLACE);
  b.honouring.put({ ...b.found(), key: KEYS.lease(other) }, other);
  deepEqual(b.take(), []);
  equal(b.log.lines.filter((line) => line.startsWith("ALARM: ")).length, 1);
});

Deno.test("a lease is honoured for 5 minutes beyond its time, whatever the clocks say", async () => {
  using b = await node();
  const late = b.found({ at: b.system.now() - 60_000 - 300_001 });
  const ahead = b.found({ at: b.system.now() + 3_600_000 });
  b.honouring.put(late, PLACE);
  deepEqual(b.take(), []);
  match(b.log.lines.join(), /knocked at a, .* 360 s ago, .*not opened; see .*clocks/);
  b.honouring.put(ahead, PLACE);
  equal(b.take().length, 2);
});

Deno.test("whoever comes late opens for the time that etcd says is left", async () => {
  using b = await node();
  b.engine.ttl = 12;
  await b.listed(b.found());
  deepEqual(b.take(), [
    "open ssh 192.0.2.7 undefined 12000",
    "open db 192.0.2.7 undefined 12000",
  ]);
  b.engine.ttl = -1;
  await b.listed(b.found());
  deepEqual(b.take(), []);
});

Deno.test("what was shared and is not any more was closed meanwhile", async () => {
  using b = await node();
  const there = b.found();
  b.honouring.put(there, PLACE);
  b.take();
  await b.listed(there);
  deepEqual(b.take(), []);
  await b.listed();
  deepEqual(b.take(), ["close ssh,db 192.0.2.7: closed in the fleet meanwhile"]);
  await b.listed();
  deepEqual(b.take(), [], "once");
});

Deno.test("what is shared while the engine lists is not taken for closed", async () => {
  using b = await node();
  const before = b.facts.shared();
  b.honouring.put(b.found(), PLACE);
  b.take();
  await b.honouring.listed([], before);
  deepEqual(b.take(), []);
  await b.listed();
  deepEqual(b.take(), ["close ssh,db 192.0.2.7: closed in the fleet meanwhile"]);
});

Deno.test("a thousand forged leases are looked at a few at a time", async () => {
  using b = await node();
  let turns = 0;
  const count = setInterval(() => turns++, 0);
  await b.listed(...Array.from({ length: 1000 }, () => b.found({}, KEY, FORGER)));
  clearInterval(count);
  deepEqual(b.take(), []);
  equal(turns > 1, true, `${turns}`);
});

Deno.test("a revoked client is let in by no lease", async () => {
  using b = await node();
  b.facts.revoke(SERIES);
  b.honouring.put(b.found({ series: SERIES, counter: 1 }), PLACE);
  deepEqual(b.take(), []);
});

Deno.test("what can't be noted opens nothing, and keeps nothing from closing", async () => {
  using b = await node();
  const there = b.found();
  b.honouring.put(there, PLACE);
  b.take();
  b.facts.honour = b.facts.unshare = () => {
    throw new Error("database or disk is full");
  };
  throws(() => b.honouring.deleted(KEY, PLACE), /full/);
  deepEqual(b.take(), ["close ssh,db 192.0.2.7: closed in the fleet"]);
  // The others are heard, too.
  await b.honouring.listed([{ found: b.found(), place: PLACE }], new Map());
  await b.listed();
  deepEqual(b.take(), ["close ssh,db 192.0.2.7: closed in the fleet meanwhile"]);
  deepEqual(b.log.lines.slice(2), ["fleet: database or disk is full"]);
});

Deno.test("whoever is revoked where nothing can be written stays out", async () => {
  const path = `${await memoryDirectory()}/fleet.db`;
  using facts = await FleetFacts.open(path);
  {
    using other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    throws(() => facts.revoke(SERIES), /locked/);
  }
  deepEqual([facts.isRevoked(SERIES), facts.revoked()], [true, [SERIES]]);
  await Deno.remove(path.replace("/fleet.db", ""), { recursive: true });
});

Deno.test("facts outlive the process, and old ones are forgotten", async () => {
  const path = `${await memoryDirectory()}/fleet.db`;
  {
    using facts = await FleetFacts.open(path);
    const lease = { once: "a", series: SERIES, counter: 5, until: 100 };
    equal(facts.honour(lease, { place: "one", until: 100 }), true);
    facts.own({ once: "b", until: 200 });
    facts.share("place", 100);
    facts.share("gone", 100);
    facts.unshare("gone");
    facts.hear([{ key: SERIES, counter: 8 }]);
    facts.hear([{ key: SERIES, counter: 7 }]);
  }
  using facts = await FleetFacts.open(path);
  const other = { place: "other", until: 100 };
  equal(
    facts.honour({ once: "c", series: SERIES, counter: 5, until: 100 }, other),
    false,
  );
  equal(facts.honour({ once: "b", until: 200 }, other), false);
  deepEqual([...facts.shared()], [["one", 100], ["place", 100]]);
  deepEqual([facts.heard(SERIES), facts.heard("f".repeat(32))], [8, -1]);
  facts.forget(150);
  equal(facts.shared().size, 0);
  deepEqual([facts.isSeen("a"), facts.isSeen("b")], [false, true]);
  equal(
    facts.honour({ once: "d", series: SERIES, counter: 5, until: 100 }, other),
    false,
  );
  await Deno.remove(path.replace("/fleet.db", ""), { recursive: true });
});
