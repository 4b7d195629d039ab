import { deepEqual, equal } from "node:assert/strict";
import { Failure } from "../../../lib/core/failure.ts";
import { Journal } from "../../../lib/server/journal/journal.ts";
import { EntryKeys } from "../../../lib/server/fleet/entry_keys.ts";
import { FleetDoors } from "../../../lib/server/fleet/fleet_doors.ts";
import { FleetFacts } from "../../../lib/server/fleet/fleet_facts.ts";
import { FleetReport } from "../../../lib/server/fleet/fleet_report.ts";
import { Publisher } from "../../../lib/server/fleet/publisher.ts";
import { Spender } from "../../../lib/server/fleet/spender.ts";
import { formatSpent, parseSpent } from "../../../lib/server/fleet/spent_entry.ts";
import { SpentSync } from "../../../lib/server/fleet/spent_sync.ts";
import { load, SECRET } from "../../config/files.ts";
import { FakeSystem } from "../fake_system.ts";
import { memoryLog } from "../log/memory_log.ts";
import { FORGER, KEYS, MemoryEngine, SEAL, SERIES } from "./fleet_lab.ts";

async function node(facts?: FleetFacts, keys = KEYS) {
  const { config } = await load(
    `[doors.ssh]\nopen = 22\notp.mode = "hotp"\nclients.alice.secret = "${SECRET}"`,
  );
  const all = [{ ...config!.doors[0]!, fleet: { group: "g", alone: "shut" } as const }];
  const doors = new FleetDoors(() => all);
  const [series] = doors.series.values();
  const system = new FakeSystem();
  const log = memoryLog();
  const journal = await Journal.inMemory();
  facts ??= await FleetFacts.open(":memory:");
  const engine = new MemoryEngine();
  const spender = new Spender({
    engine,
    keys,
    seal: SEAL,
    node: "b",
    timeout: 3000,
  });
  const heard: string[] = [];
  const sync = new SpentSync({
    keys,
    seal: SEAL,
    journal,
    doors,
    facts,
    spender,
    report: new FleetReport(log.logger, system),
    onSpent: ({ client }) => heard.push(client),
    onOwes: (owes) => facts.setOwes(owes),
    onLoss: () => heard.push("loss"),
  });
  const key = keys.spent(series!.id);
  const found = (counter: number, seal = SEAL) => ({
    key,
    value: formatSpent({ counter, node: "a", nonce: "0".repeat(32) }, key, seal),
    lease: "0",
    revision: 1,
  });
  const there = () => parseSpent(engine.values.get(key) ?? "", key, SEAL)?.counter;
  const [highest, listed] = [
    () => journal.highest(series!),
    (...some: ReturnType<typeof found>[]) =>
      sync.listed(some.map((each) => ({ found: each, series: series!.id }))),
  ];
  return {
    ...{ series: series!, log, journal, engine, spender, sync, heard, key },
    ...{ found, there, highest, listed },
    [Symbol.dispose]() {
      journal[Symbol.dispose]();
      facts[Symbol.dispose]();
    },
  };
}

Deno.test("what was spent elsewhere is spent here, and never less", async () => {
  using b = await node();
  b.sync.put(b.found(5), b.series.id);
  b.sync.put(b.found(3), b.series.id);
  b.sync.put(b.found(9), "f".repeat(32));
  deepEqual([b.highest(), b.heard], [5, ["alice"]]);
  b.sync.put(b.found(8, FORGER), b.series.id);
  equal(b.highest(), 5);
  equal(b.log.lines.filter((line) => line.startsWith("ALARM: ")).length, 1);
});

Deno.test("the event of a node's own spend leaves the journal to its knock", async () => {
  using b = await node();
  const answer = await b.spender.spend(b.series, 4);
  const value = b.engine.values.get(b.key)!;
  b.sync.put({ ...b.found(4), value }, b.series.id);
  equal(b.highest(), undefined);
  if (answer.kind === "spent") answer.noted();
  b.sync.put({ ...b.found(4), value }, b.series.id);
  equal(b.highest(), 4, "of an earlier process, or of a knock that was given up");
});

Deno.test("so does that spend in a listing, and of others what a new journal only guesses", async () => {
  using b = await node();
  await b.spender.spend(b.series, 4);
  const value = b.engine.values.get(b.key)!;
  await b.listed({ ...b.found(4), value });
  equal(b.highest(), undefined);
  b.journal.highest = b.journal.unknownUpTo = () => 9;
  await b.listed({ ...b.found(4), value });
  equal(b.there(), 4);
});

Deno.test("what thousands used is taken over a few at a time", async () => {
  using b = await node();
  let turns = 0;
  const count = setInterval(() => turns++, 0);
  await b.listed(...Array.from({ length: 1000 }, (_, counter) => b.found(counter)));
  clearInterval(count);
  deepEqual([b.highest(), turns > 1], [999, true]);
});

Deno.test("what can't be written together is written one by one", async () => {
  using b = await node();
  b.journal.batch = () => {
    throw new Failure("the disk is full");
  };
  await b.listed(b.found(5));
  deepEqual([b.highest(), b.heard], [5, ["alice"]]);
});

Deno.test("what the engine has never known is told without an alarm", async () => {
  using b = await node();
  await b.listed();
  b.journal.spend(b.series, 7);
  await b.listed();
  equal(b.there(), 7);
  b.journal.spend(b.series, 8);
  await b.listed(b.found(7));
  equal(b.there(), 8, "as when the door was this machine's own for a while");
  deepEqual(b.log.lines, Array(2).fill("told the fleet what one client has used"));
});

Deno.test("another fleet's engine has forgotten nothing of what this one's knew", async () => {
  const facts = await FleetFacts.open(":memory:");
  const before = await node(facts);
  await before.listed(before.found(7));
  using b = await node(facts, new EntryKeys("other"));
  b.journal.spend(b.series, 7);
  await b.listed();
  equal(b.there(), 7);
  deepEqual(b.log.lines, ["told the fleet what one client has used"]);
});

Deno.test("an engine that has forgotten makes nothing good again, and is an alarm", async () => {
  using b = await node();
  await b.listed(b.found(7));
  b.engine.values.set(b.key, b.found(2).value);
  await b.listed(b.found(2));
  deepEqual([b.there(), b.highest()], [7, 7]);
  equal(
    b.log.lines.filter((line) => line.startsWith("ALARM: etcd had forgotten")).length,
    1,
  );
});

for (const what of ["an older one", "a forged one"]) {
  Deno.test(`an engine in which ${what} was put is told anew, and it is an alarm`, async () => {
    using b = await node();
    b.sync.put(b.found(7), b.series.id);
    const put = what === "an older one" ? b.found(2) : b.found(2, FORGER);
    for (let again = 0; again < 100; again++) {
      b.engine.values.set(b.key, put.value);
      b.sync.put(put, b.series.id);
      await Promise.resolve();
    }
    await new Promise((resolve) => setTimeout(resolve));
    deepEqual([b.there(), b.highest(), b.heard], [7, 7, ["alice"]]);
    const said = b.log.lines.filter((line) =>
      line.startsWith("ALARM: etcd had forgotten")
    );
    equal(said.length, 1);
  });
}

Deno.test("what could not be told of a loss is looked at anew", async () => {
  using b = await node();
  b.sync.put(b.found(7), b.series.id);
  b.engine.values.set(b.key, b.found(2).value);
  b.engine.faults.push("lost on the way");
  b.sync.put(b.found(2), b.series.id);
  await new Promise((resolve) => setTimeout(resolve));
  deepEqual(b.heard, ["alice", "loss"]);
});

Deno.test("an event that comes late is no loss", async () => {
  using b = await node();
  b.engine.values.set(b.key, b.found(7).value);
  b.sync.put(b.found(7), b.series.id);
  b.sync.put(b.found(6), b.series.id);
  await new Promise((resolve) => setTimeout(resolve));
  deepEqual([b.there(), b.log.lines], [7, []]);
});

Deno.test("what the engine is being told of is no loss", async () => {
  using b = await node();
  await b.listed();
  const call = b.engine.call.bind(b.engine);
  const slow = Promise.withResolvers<void>();
  b.engine.call = (path, body) => slow.promise.then(() => call(path, body));
  const knock = b.spender.spend(b.series, 3);
  b.engine.call = call;
  b.journal.spend(b.series, 3);
  b.sync.put(b.found(2), b.series.id);
  await b.listed(b.found(2));
  slow.resolve();
  await knock;
  deepEqual([b.there(), b.log.lines], [3, []]);
});

Deno.test("what was used since all was listed is no loss", async () => {
  using b = await node();
  await b.listed(b.found(1));
  b.engine.values.set(b.key, b.found(2).value);
  b.journal.spend(b.series, 2);
  await b.listed(b.found(1));
  deepEqual([b.there(), b.log.lines], [2, []]);
});

Deno.test("a debt is paid without an alarm", async () => {
  using b = await node();
  await b.listed(b.found(1));
  b.journal.spend(b.series, 2);
  b.sync.owe();
  await b.listed(b.found(1));
  deepEqual([b.there(), b.sync.owes], [2, false]);
  equal(b.log.lines.some((line) => line.startsWith("ALARM")), false);
});

Deno.test("a debt that is paid after a restart is no alarm", async () => {
  const facts = await FleetFacts.open(":memory:");
  (await node(facts)).sync.owe();
  using restarted = await node(facts);
  equal(restarted.sync.owes, true);
  restarted.journal.spend(restarted.series, 2);
  await restarted.listed();
  deepEqual(restarted.log.lines, ["told the fleet what one client has used"]);
  deepEqual([restarted.there(), facts.owes], [2, false]);
});

Deno.test("what comes to be owed while all is listed is owed still", async () => {
  using b = await node();
  b.sync.owe();
  const listing = b.listed();
  b.sync.owe();
  await listing;
  equal(b.sync.owes, true);
  await b.listed();
  equal(b.sync.owes, false);
});

Deno.test("a debt that can't be paid is one still", async () => {
  using b = await node();
  b.journal.spend(b.series, 2);
  b.sync.owe();
  b.engine.faults.push("lost on the way");
  equal(await b.listed().then(() => "paid", () => "owed"), "owed");
  equal(b.sync.owes, true);
});

const PLACE = { group: "g", label: "ssh", ip: "192.0.2.7" };
const LEASE = { by: "b", once: "0".repeat(32) };

function publisher() {
  const [engine, system] = [new MemoryEngine(), new FakeSystem()];
  const told: string[] = [];
  const own = new Publisher({
    engine,
    keys: KEYS,
    seal: SEAL,
    system,
    published: (_, until) => told.push(`open until ${until - system.now()}`),
    delayed: () => told.push("delayed"),
  });
  const isThere = () => engine.values.has(KEYS.lease(PLACE));
  return { engine, system, told, own, isThere, note: () => {} };
}

Deno.test("a lease that could not be told is told while its door is open", async () => {
  const { engine, system, told, own, isThere, note } = publisher();
  engine.faults.push("lost on the way", "lost on the way");
  void own.publish(PLACE, LEASE, 5000, note);
  await system.advance(0);
  await system.advance(1000);
  await system.advance(1000);
  deepEqual(told, ["delayed", "delayed", "open until 3000"]);
  equal(isThere(), true);
  engine.faults.push(...Array(20).fill("lost on the way"));
  void own.publish(PLACE, LEASE, 5000, note);
  for (let second = 0; second < 10; second++) await system.advance(1000);
  equal(told.filter((each) => each === "delayed").length, 7, "and no longer");
});

Deno.test("of one client an earlier knock is told first, from whichever address", async () => {
  const { engine, system, own, note } = publisher();
  const knock = (counter: number) => {
    const facts = { ...LEASE, client: "alice", series: SERIES, counter };
    const place = { ...PLACE, ip: `192.0.2.${counter}` };
    return own.publish(place, facts, 60_000, note);
  };
  engine.faults.push("lost on the way");
  void knock(5);
  await system.advance(0);
  void knock(6);
  for (let second = 0; second < 3; second++) await system.advance(1000);
  deepEqual(
    [...engine.values.keys()],
    [5, 6].map((n) => `${KEYS.prefix}lease/g/ssh/192.0.2.${n}`),
  );
});

Deno.test("whoever closes a door hears whether the others could be told at once", async () => {
  const { engine, system, own } = publisher();
  equal(await own.unpublish(PLACE, 60_000), true);
  engine.faults.push("lost on the way");
  equal(await own.unpublish(PLACE, 60_000), false);
  await system.advance(1000);
  deepEqual(engine.calls, Array(3).fill("kv/deleterange"));
});

Deno.test("a closed door is not told open by a try that comes late", async () => {
  const { engine, system, own, isThere, note } = publisher();
  engine.faults.push("lost on the way");
  void own.publish(PLACE, LEASE, 60_000, note);
  await system.advance(0);
  void own.unpublish(PLACE, 60_000);
  for (let second = 0; second < 5; second++) await system.advance(1000);
  equal(isThere(), false);
  deepEqual(engine.calls, ["lease/grant", "kv/deleterange"]);
  void own.publish(PLACE, LEASE, 60_000, note);
  await system.advance(0);
  equal(isThere(), true);
});

Deno.test("a lease is noted here after etcd was asked for its time, and before it is told", async () => {
  const { engine, system, own } = publisher();
  void own.publish(PLACE, LEASE, 5000, () => engine.calls.push("noted here"));
  await system.advance(0);
  deepEqual(engine.calls, ["lease/grant", "noted here", "kv/put"]);
});
