import assert from "node:assert/strict";
import type { Opening } from "../../../lib/core/door.ts";
import { Openings } from "../../../lib/server/knocks/openings.ts";
import { door } from "../../core/doors.ts";
import { FakeSystem } from "../fake_system.ts";
import { knock } from "../leases/leases_world.ts";

const ssh = door("ssh", "7000");

/** @param took milliseconds that an opening takes */
function setUp(took = 0) {
  const opened: number[] = [];
  const faults: unknown[] = [];
  const system = new FakeSystem();
  const clock = {
    monotonic: () => system.monotonic() + took * opened.length,
    schedule: (ms: number, run: () => void) => system.schedule(ms, run),
  };
  const openAll = (openings: readonly Opening[]) => {
    opened.push(...openings.map(({ port }) => port));
    if (opened.includes(13)) throw new Error("bad luck");
  };
  const openings = new Openings({ openAll }, (error) => faults.push(error), clock);
  const add = (port: number, ip = "10.0.0.1", parts: Partial<Opening> = {}) =>
    openings.add(knock(ssh, ip, { port, ...parts }));
  return { add, opened, faults, openings, system };
}

/** As many as a full batch of packets can be. */
const FLOOD = Array.from({ length: 1000 }, (_, n) => 100 + n);

Deno.test("the first opening of a quiet time is handed on at once, those right after it when their packets are read", async () => {
  const { add, opened, system } = setUp();
  for (const port of [1, 2, 3]) add(port);
  assert.deepEqual(opened, [1]);
  await Promise.resolve();
  assert.deepEqual(opened, [1, 2, 3]);
  await system.advance(4);
  add(4);
  assert.deepEqual(opened, [1, 2, 3]);
  await Promise.resolve();
  assert.deepEqual(opened, [1, 2, 3, 4]);
  await system.advance(5);
  add(5);
  assert.deepEqual(opened, [1, 2, 3, 4, 5]);
});

Deno.test("an opening that works only once is handed on at once, behind its address's own", async () => {
  const { add, opened } = setUp();
  add(9, "10.0.0.9");
  add(1, "10.0.0.1");
  add(2, "10.0.0.2");
  add(3, "10.0.0.1");
  add(4, "10.0.0.1", { counter: 7 });
  assert.deepEqual(opened, [9, 1, 3, 4]);
  await Promise.resolve();
  assert.deepEqual(opened, [9, 1, 3, 4, 2]);
});

Deno.test("whoever waits has a turn every few milliseconds of a flood of openings", async () => {
  const { add, opened, openings, system } = setUp(1);
  for (const port of FLOOD) add(port);
  await Promise.resolve();
  const atOnce = opened.length;
  assert.ok(atOnce < 200, `${atOnce} at once`);
  assert.ok(openings.isBehind);
  await system.advance(0);
  assert.deepEqual(opened, FLOOD);
  assert.ok(!openings.isBehind);
  assert.equal(system.timers, 0);
});

Deno.test("openings that come one by one gather a moment while there are many", async () => {
  const { add, opened, system } = setUp();
  for (const port of FLOOD.slice(0, 20)) {
    add(port);
    await Promise.resolve();
  }
  const prompt = opened.length;
  assert.ok(prompt >= 10 && prompt < 20, `${prompt} at once`);
  await system.advance(5);
  assert.equal(opened.length, 20);
  await system.advance(1000);
  add(1);
  await Promise.resolve();
  assert.equal(opened.length, 21);
});

Deno.test("openings that wait can be handed on at once, before the config is another", async () => {
  const { add, opened, openings, system } = setUp(1);
  for (const port of FLOOD) add(port);
  openings.flush();
  assert.deepEqual(opened, FLOOD);
  await system.advance(1000);
  assert.deepEqual(opened, FLOOD);
  add(1);
  await Promise.resolve();
  assert.equal(opened.length, FLOOD.length + 1);
});

Deno.test("a fault at one batch of openings is not the next one's", async () => {
  const { add, opened, faults } = setUp();
  for (const port of [1, 13]) add(port);
  await Promise.resolve();
  add(2);
  await Promise.resolve();
  assert.deepEqual(opened, [1, 13, 2]);
  assert.equal(faults.length, 2);
});
