/** A node of a fleet, whose etcd is in memory and is asked as ever. */
import { deepEqual, equal } from "node:assert/strict";
import { Secret } from "../../../lib/core/secret.ts";
import { Fleet } from "../../../lib/server/fleet/fleet.ts";
import { FleetFacts } from "../../../lib/server/fleet/fleet_facts.ts";
import { FleetReport } from "../../../lib/server/fleet/fleet_report.ts";
import { EntrySeal } from "../../../lib/server/fleet/entry_seal.ts";
import { toEngine } from "../../../lib/server/fleet/engine/engine_text.ts";
import { formatSpent, parseSpent } from "../../../lib/server/fleet/spent_entry.ts";
import { Journal } from "../../../lib/server/journal/journal.ts";
import { seriesOf } from "../../../lib/server/journal/series.ts";
import { load, SECRET } from "../../config/files.ts";
import { FakeSystem } from "../fake_system.ts";
import { memoryLog } from "../log/memory_log.ts";
import { member } from "./engine/engine_member.ts";
import { KEYS, MemoryEngine } from "./fleet_lab.ts";

const FLEET_SECRET = new Secret(new Uint8Array(32));
const CREATED = new TextEncoder().encode('{"result":{"created":true}}\n');
const IP = "192.0.2.7";

/** A node, once it is in its fleet; `refuses`: what etcd says to whom it refuses. */
async function node() {
  const { config } = await load(
    `[doors.ssh]\nopen = 22\notp.mode = "hotp"\nclients.alice.secret = "${SECRET}"`,
  );
  const door = { ...config!.doors[0]!, fleet: { group: "g", alone: "shut" } as const };
  if (door.key.kind !== "otp") throw new Error("no rotating door");
  const series = seriesOf(door.label, door.key.otp, door.key.clients[0]!);
  const stack = new AsyncDisposableStack();
  const [memory, system] = [new MemoryEngine(), new FakeSystem()];
  let refuses = (_path: string): string | undefined => undefined;
  const etcd = stack.use(member(async (path, _token, body) => {
    const why = refuses(path);
    if (why !== undefined) {
      const code = /no leader/.test(why) ? 14 : 8;
      return Response.json({ message: why, code }, { status: 503 });
    }
    if (path === "watch") {
      const start = (controller: ReadableStreamDefaultController) =>
        controller.enqueue(CREATED);
      return new Response(new ReadableStream({ start }));
    }
    if (path !== "kv/range") return Response.json(await memory.call(path, await body()));
    const kvs = [...memory.values].map(([key, value]) => ({
      key: toEngine(key),
      value: toEngine(value),
    }));
    return Response.json({ header: { revision: "1" }, kvs });
  }));
  const journal = stack.use(await Journal.inMemory());
  const facts = await FleetFacts.open(":memory:");
  const did: string[] = [];
  const fleet = new Fleet({
    settings: {
      name: "test",
      node: "a",
      endpoints: [etcd.endpoint],
      secret: FLEET_SECRET,
      timeout: 0.2,
    },
    facts,
    system,
    journal,
    report: new FleetReport(memoryLog().logger, system),
    doors: () => [door],
    hand: {
      open: ({ name }) => void did.push(`${name} opens`),
      close: ([{ name } = door]) => void did.push(`${name} closes`),
    },
    onSpent: () => void did.push("spent"),
  });
  stack.defer(async () => {
    await fleet.leave();
    fleet[Symbol.dispose]();
  });
  const key = KEYS.spent(series.id);
  const seal = new EntrySeal(FLEET_SECRET);
  /** Time passes, a little at a time, until something is so. */
  const until = async (isSo: () => boolean) => {
    for (let i = 0; i < 2000 && !isSo(); i++) {
      await system.advance(50);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    equal(isSo(), true);
  };
  await until(() => fleet.standing.why === undefined);
  return {
    ...{ fleet, door, series, memory, system, journal, facts, did, until },
    refuse: (why: typeof refuses) => void (refuses = why),
    there: () => parseSpent(memory.values.get(key) ?? "", key, seal)?.counter,
    put: (counter: number) => {
      const entry = { counter, node: "b", nonce: "0".repeat(32) };
      memory.values.set(key, formatSpent(entry, key, seal));
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test("what is used up while etcd is away is owed, and told when it is there again", async () => {
  await using a = await node();
  a.refuse(() => "etcdserver: no leader");
  a.journal.spend(a.series, 5);
  await a.fleet.spendSoon(a.series, 5);
  equal(a.fleet.standing.owes, true);
  await a.until(() => a.fleet.standing.why !== undefined);
  equal(a.there(), undefined);
  a.refuse(() => undefined);
  await a.until(() => a.fleet.standing.why === undefined);
  deepEqual([a.there(), a.fleet.standing.owes], [5, false]);
});

Deno.test("what etcd did not take is told some seconds later, though it was there all the time", async () => {
  await using a = await node();
  a.refuse((path) => path === "kv/txn" ? "etcdserver: too many requests" : undefined);
  a.journal.spend(a.series, 5);
  await a.fleet.spendSoon(a.series, 5);
  a.refuse(() => undefined);
  deepEqual([a.fleet.standing.owes, a.fleet.standing.why], [true, undefined]);
  const before = a.system.monotonic();
  await a.until(() => !a.fleet.standing.owes);
  deepEqual([a.there(), a.system.monotonic() - before >= 4500], [5, true]);
});

Deno.test("what etcd says was used is used here from then on", async () => {
  await using a = await node();
  a.put(7);
  equal((await a.fleet.spend(a.series, 5)).kind, "used");
  deepEqual([a.journal.highest(a.series), a.did], [7, ["spent"]]);
});

Deno.test("a door that is open anew is not closed because etcd has not heard of it yet", async () => {
  await using a = await node();
  const place = KEYS.lease({ group: "g", label: "ssh", ip: IP });
  a.fleet.publish({ door: a.door, ip: IP });
  await a.until(() => a.fleet.open.length === 1);
  a.refuse(() => "etcdserver: no leader");
  a.fleet.publish({ door: a.door, ip: IP });
  deepEqual(a.fleet.open, []);
  await a.until(() => a.fleet.standing.why !== undefined);
  a.memory.values.delete(place);
  a.refuse((path) => path.startsWith("lease/g") ? "etcdserver: no leader" : undefined);
  a.fleet.refresh();
  await a.until(() => a.did.length > 0 || a.fleet.standing.why === undefined);
  deepEqual(a.did, []);
});

Deno.test("a door that was closed is not told to be open any more", async () => {
  await using a = await node();
  a.fleet.publish({ door: a.door, ip: IP });
  await a.until(() => a.fleet.open.length === 1);
  deepEqual(a.fleet.open, [{ door: "ssh", ip: IP }]);
  const told = a.fleet.unpublish(a.door, IP);
  deepEqual(a.fleet.open, []);
  equal(await told, true);
});

Deno.test("what is too old to be played back is forgotten, again and again", async () => {
  await using a = await node();
  for (const digit of ["1", "2"]) {
    const once = digit.repeat(32);
    a.facts.own({ once, until: a.system.now() + 1000 });
    equal(a.facts.isSeen(once), true);
    await a.system.advance(61_000);
    equal(a.facts.isSeen(once), false);
  }
});
