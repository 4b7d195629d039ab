import { deepEqual, equal, rejects } from "node:assert/strict";
import { Spender } from "../../../lib/server/fleet/spender.ts";
import { formatSpent, parseSpent } from "../../../lib/server/fleet/spent_entry.ts";
import { FORGER, KEYS, MemoryEngine, SEAL, SERIES } from "./fleet_lab.ts";

const KEY = KEYS.spent(SERIES);
const series = { id: SERIES };

function spenders(engine: MemoryEngine, ...nodes: string[]): Spender[] {
  return nodes.map((node) =>
    new Spender({ engine, keys: KEYS, seal: SEAL, node, timeout: 3000 })
  );
}

/** Repeats a call whose answer does not come, as the engine's client does. */
class Insisting extends MemoryEngine {
  override async call(path: string, body: unknown) {
    for (;;) {
      const answer = await super.call(path, body).catch(() => undefined);
      if (answer !== undefined) return answer;
    }
  }
}

Deno.test("a counter is spent once in the whole fleet, and with it all below", async () => {
  const engine = new MemoryEngine();
  const [a, b] = spenders(engine, "a", "b");
  equal((await a!.spend(series, 5)).kind, "spent");
  for (const counter of [5, 4, 0]) {
    const answer = await b!.spend(series, counter);
    equal(answer.kind, "used");
    equal(answer.kind === "used" && answer.by.node, "a");
  }
  equal((await b!.spend(series, 6)).kind, "spent");
  equal((await a!.spend(series, 6)).kind, "used");
  equal((await a!.spend({ id: "f".repeat(32) }, 6)).kind, "spent");
});

Deno.test("of many who race for a counter one has it", async () => {
  const engine = new MemoryEngine();
  const nodes = spenders(engine, "a", "b", "c");
  for (let counter = 0; counter < 100; counter++) {
    const answers = await Promise.all(nodes.map((node) => node.spend(series, counter)));
    equal(answers.filter(({ kind }) => kind === "spent").length, 1);
  }
});

Deno.test("a try whose answer was lost is known again, first of its series or not", async () => {
  for (const before of [undefined, 3]) {
    const engine = new Insisting();
    const [a] = spenders(engine, "a");
    if (before !== undefined) await a!.spend(series, before);
    engine.faults.push("answer lost", "answer lost", "lost on the way");
    equal((await a!.spend(series, 5)).kind, "spent");
    equal(
      (await a!.spend(series, 5)).kind,
      "used",
      "another try of the same node is not",
    );
  }
});

Deno.test("what one client uses up at the same moment is used up in its order", async () => {
  const engine = new MemoryEngine();
  const [a] = spenders(engine, "a");
  const call = engine.call.bind(engine);
  const held = Promise.withResolvers<void>();
  // The first question is the last to come.
  engine.call = async (path, body) => {
    engine.call = call;
    await held.promise;
    return await call(path, body);
  };
  const answers = [4, 5].map((counter) => a!.spend(series, counter));
  const other = await a!.spend({ id: "f".repeat(32) }, 1);
  setTimeout(held.resolve, 0);
  const kinds = (await Promise.all(answers)).map(({ kind }) => kind);
  deepEqual([...kinds, other.kind], ["spent", "spent", "spent"]);
});

Deno.test("a knock that waited for an earlier one until it is too late is not asked for", async () => {
  const engine = new MemoryEngine();
  const options = { engine, keys: KEYS, seal: SEAL, node: "a" };
  const late = new Spender({ ...options, timeout: 50 });
  equal((await late.spend(series, 5)).kind, "unknown");
  deepEqual(engine.calls, []);
});

Deno.test("without an answer nothing is known, and a late one burns the step", async () => {
  const engine = new MemoryEngine();
  const [a, b] = spenders(engine, "a", "b");
  engine.faults.push("lost on the way", "answer lost");
  deepEqual(await a!.spend(series, 1), { kind: "unknown", why: "no answer in time" });
  deepEqual(await a!.spend(series, 2), { kind: "unknown", why: "no answer in time" });
  equal((await b!.spend(series, 2)).kind, "used");
});

Deno.test("what no node of the fleet has written blocks the series", async () => {
  const engine = new MemoryEngine();
  const [a] = spenders(engine, "a");
  const entry = { counter: 1, node: "a", nonce: "0".repeat(32) };
  const forged = formatSpent(entry, KEY, FORGER);
  const moved = formatSpent(entry, KEYS.spent("f".repeat(32)), SEAL);
  for (const value of ["~", forged, moved]) {
    engine.values.set(KEY, value);
    equal((await a!.spend(series, 1)).kind, "garbled", value);
  }
});

Deno.test("more than 64 don't wait for the engine at a time", async () => {
  const engine = new MemoryEngine();
  const [a] = spenders(engine, "a");
  const answers = await Promise.all(
    Array.from({ length: 70 }, (_, counter) => a!.spend(series, counter)),
  );
  deepEqual(answers.map(({ kind }) => kind).lastIndexOf("spent"), 63);
  equal(answers.filter(({ kind }) => kind === "unknown").length, 6);
  equal((await a!.spend(series, 100)).kind, "spent", "they are through");
});

Deno.test("a fault of the program's own takes no place, and leaves nothing to wait for", async () => {
  const engine = new MemoryEngine();
  const [a] = spenders(engine, "a");
  const call = engine.call.bind(engine);
  engine.call = () => Promise.reject(new TypeError("x is not a function"));
  for (let counter = 0; counter < 70; counter++) {
    await rejects(a!.spend(series, counter), TypeError);
  }
  engine.call = call;
  equal(a!.isSpending(series), false);
  equal((await a!.spend(series, 100)).kind, "spent");
});

Deno.test("a node knows its own spend until the journal has it", async () => {
  const engine = new MemoryEngine();
  const [a, b] = spenders(engine, "a", "b");
  const answer = await a!.spend(series, 5);
  const entry = parseSpent(engine.values.get(KEY)!, KEY, SEAL)!;
  deepEqual([a!.isOwn(entry), b!.isOwn(entry)], [true, false]);
  if (answer.kind === "spent") answer.noted();
  equal(a!.isOwn(entry), false);
});
