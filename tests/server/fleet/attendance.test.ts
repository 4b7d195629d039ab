import { deepEqual } from "node:assert/strict";
import { Attendance } from "../../../lib/server/fleet/attendance.ts";
import type { Engine, EngineAnswer } from "../../../lib/server/fleet/engine/engine.ts";
import { toEngine } from "../../../lib/server/fleet/engine/engine_text.ts";
import { settle } from "../fake_system.ts";
import { KEYS, SERIES } from "./fleet_lab.ts";

const EVENT = JSON.stringify({
  result: { events: [{ kv: { key: toEngine(KEYS.revoked(SERIES)), value: "" } }] },
});

/** A node that attends, on a machine whose time is the test's. */
function attending() {
  const did: string[] = [];
  const timers = new Map<number, () => void>();
  let [now, watch]: [number, ReadableStreamDefaultController | undefined] = [
    0,
    undefined,
  ];
  const engine = {
    call: () => Promise.resolve({ header: { revision: "1" }, kvs: [] }),
    stream: (_: string, { create_request }: EngineAnswer, signal: AbortSignal) => {
      const isOther = create_request.key !== toEngine(KEYS.watched[1]!.first);
      const stream = new ReadableStream({
        start: (controller) => void (watch = isOther ? watch : controller),
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
    beat: () => Promise.resolve(void did.push("beat")),
    present: () => {},
  });
  const settled = async () => {
    for (let i = 0; i < 20; i++) await settle();
    return did.splice(0);
  };
  return {
    settled,
    passes: (ms: number) => now += ms,
    due: (ms: number) => timers.get(ms)?.(),
    event: () => watch!.enqueue(new TextEncoder().encode(`${EVENT}\n`)),
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
