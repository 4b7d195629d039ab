import { deepEqual, match } from "node:assert/strict";
import { Attendance } from "../../../lib/server/fleet/attendance.ts";
import type { Engine, EngineAnswer } from "../../../lib/server/fleet/engine/engine.ts";
import { EngineError } from "../../../lib/server/fleet/engine/engine_error.ts";
import { fromEngine, toEngine } from "../../../lib/server/fleet/engine/engine_text.ts";
import { settle } from "../fake_system.ts";
import { KEYS, SERIES } from "./fleet_lab.ts";

const EVENT = JSON.stringify({
  result: { events: [{ kv: { key: toEngine(KEYS.revoked(SERIES)), value: "" } }] },
});

const CREATED = `${JSON.stringify({ result: { created: true } })}\n`;

/** A node that attends, on a machine whose time is the test's; `begins`: all watches do. */
function attending(begins = true) {
  const did: string[] = [];
  const timers = new Map<number, () => void>();
  const why: (string | undefined)[] = [];
  const asked: string[] = [];
  let [now, watch]: [number, ReadableStreamDefaultController | undefined] = [
    0,
    undefined,
  ];
  let beats = () => Promise.resolve();
  const watching = new Set<AbortSignal>();
  const engine = {
    call: () => Promise.resolve({ header: { revision: "41" }, kvs: [] }),
    stream: (_: string, { create_request }: EngineAnswer, signal: AbortSignal) => {
      const { key, start_revision } = create_request;
      asked.push(`${fromEngine(key)} from ${start_revision}`);
      watching.add(signal);
      signal.addEventListener("abort", () => watching.delete(signal));
      const isOther = key !== toEngine(KEYS.watched[1]!.first);
      const stream = new ReadableStream({
        start: (controller) => {
          if (!isOther) watch = controller;
          if (begins) controller.enqueue(new TextEncoder().encode(CREATED));
        },
      });
      return Promise.resolve({ endpoint: "x", stream, signal });
    },
    giveUp: () => did.push("given up"),
  };
  const system = {
    monotonic: () => now,
    schedule: (ms: number, run: () => void) => {
      timers.set(ms, run);
      return () => timers.delete(ms);
    },
  };
  const attendance = new Attendance(engine as unknown as Engine, KEYS, system, {
    shared: () => new Map(),
    listed: () => Promise.resolve(void did.push("listed")),
    changed: () => did.push("changed"),
    beat: () => {
      did.push("beat");
      return beats();
    },
    present: (said) => void why.push(said),
  });
  const settled = async () => {
    for (let i = 0; i < 20; i++) await settle();
    return did.splice(0);
  };
  return {
    settled,
    passes: (ms: number) => now += ms,
    due: (ms: number) => {
      const run = timers.get(ms);
      timers.delete(ms);
      run?.();
    },
    begin: () => watch!.enqueue(new TextEncoder().encode(CREATED)),
    event: (times = 1) => {
      const text = `${EVENT}\n`.repeat(times);
      watch!.enqueue(new TextEncoder().encode(text));
    },
    watchEnds: () => watch!.close(),
    restart: () => attendance.restart(),
    beatsFail: (error: Error | undefined) =>
      beats = () => error ? Promise.reject(error) : Promise.resolve(),
    isDue: (ms: number) => timers.has(ms),
    isWatching: () => watching.size > 0,
    why,
    asked,
    [Symbol.dispose]: () => attendance.close(),
  };
}

Deno.test("what a node hears after it stood still is listed: it may be old", async () => {
  using node = attending();
  deepEqual(await node.settled(), ["listed", "beat"]);
  node.passes(9000);
  node.event();
  deepEqual(await node.settled(), ["changed"]);
  node.passes(30_000);
  node.event();
  deepEqual(await node.settled(), []);
  node.due(200);
  deepEqual(await node.settled(), ["listed", "beat"]);
});

Deno.test("a heartbeat that comes late is a new beginning, before what is heard then", async () => {
  using node = attending();
  deepEqual(await node.settled(), ["listed", "beat"]);
  node.passes(10_000);
  node.due(10_000);
  deepEqual(await node.settled(), ["beat"]);
  node.passes(30_000);
  node.event();
  node.due(10_000);
  deepEqual(await node.settled(), []);
  node.due(200);
  deepEqual(await node.settled(), ["listed", "beat"]);
});

Deno.test("nothing is missed between what is listed and what is watched", async () => {
  using node = attending();
  await node.settled();
  deepEqual(node.asked, KEYS.watched.map(({ first }) => `${first} from 42`));
});

Deno.test("with a heartbeat that fails the watches are given up, and all begins anew", async () => {
  using node = attending();
  await node.settled();
  node.beatsFail(new EngineError("no answer in time", true));
  node.due(10_000);
  deepEqual(await node.settled(), ["beat", "given up"]);
  deepEqual([node.isWatching(), node.why], [false, [undefined, "no answer in time"]]);
  node.beatsFail(undefined);
  node.due(200);
  deepEqual(await node.settled(), ["listed", "beat"]);
  deepEqual([node.isWatching(), node.why.at(-1)], [true, undefined]);
});

Deno.test("with a watch that ends the others and the heartbeat are given up", async () => {
  using node = attending();
  await node.settled();
  node.watchEnds();
  deepEqual(await node.settled(), ["given up"]);
  match(`${node.why.at(-1)}`, /has ended the watch/);
  deepEqual([node.isWatching(), node.isDue(10_000)], [false, false]);
});

Deno.test("an engine that stays away is asked less often, and at once where that is wanted", async () => {
  using node = attending();
  node.beatsFail(new EngineError("no answer in time", true));
  for (const pause of [200, 400, 800, 1600, 2000, 2000]) {
    deepEqual(await node.settled(), ["listed", "beat", "given up"]);
    deepEqual([pause, node.isDue(pause)], [pause, true]);
    node.due(pause);
  }
  await node.settled();
  node.beatsFail(undefined);
  node.restart();
  deepEqual(await node.settled(), ["listed", "beat"]);
  node.watchEnds();
  await node.settled();
  deepEqual(node.isDue(200), true);
});

Deno.test("a node is in its fleet once etcd watches all that concerns it", async () => {
  using node = attending(false);
  await node.settled();
  node.begin();
  await node.settled();
  deepEqual(node.why, []);
});

Deno.test("thousands of changes at once keep nothing else waiting", async () => {
  using node = attending();
  await node.settled();
  let [turns, changes] = [0, 0];
  const count = setInterval(() => turns++, 0);
  node.event(1000);
  while (changes < 1000) changes += (await node.settled()).length;
  clearInterval(count);
  deepEqual([changes, turns > 10], [1000, true]);
});
