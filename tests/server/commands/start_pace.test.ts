import assert from "node:assert/strict";
import { StartPace } from "../../../lib/server/commands/start_pace.ts";

/** A world in which a start takes so many milliseconds, and turns come when they are to. */
function world(ms: number) {
  let now = 0;
  const turns: (() => void)[] = [];
  const pace = new StartPace({
    monotonic: () => now,
    schedule(_delay, run) {
      turns.push(run);
      return () => {};
    },
  });
  const made: number[] = [];
  const add = (n: number) =>
    pace.add(() => {
      now += ms;
      made.push(n);
    });
  const wait = (more: number) => now += more;
  return { pace, turns, made, add, wait, turn: () => turns.shift()?.() };
}

Deno.test("starts that are quick are made at once, all of them", () => {
  const { made, add } = world(0);
  for (let n = 0; n < 32; n++) add(n);
  assert.equal(made.length, 32);
});

Deno.test("starts that take long leave others their turn, and are made in their order", () => {
  const { turns, made, add, turn } = world(4);
  for (let n = 0; n < 12; n++) add(n);
  assert.deepEqual(made, [0, 1, 2, 3]);
  turn();
  add(12);
  assert.deepEqual(made, [0, 1, 2, 3, 4, 5, 6]);
  for (let n = 0; n < 4; n++) turn();
  assert.deepEqual(made, Array.from({ length: 13 }, (_, n) => n));
  assert.equal(turns.length, 0);
});

Deno.test("start that takes longer than a turn has one of its own", () => {
  const { made, add, turn } = world(30);
  for (let n = 0; n < 4; n++) add(n);
  const after = [made.length];
  for (let n = 0; n < 3; n++) {
    turn();
    after.push(made.length);
  }
  assert.deepEqual(after, [2, 3, 4, 4]);
});

Deno.test("starts that are far apart need no turn", () => {
  const { turns, made, add, wait } = world(30);
  for (let n = 0; n < 4; n++) {
    add(n);
    wait(25);
  }
  assert.equal(made.length, 4);
  assert.equal(turns.length, 0);
});

Deno.test("start that fails keeps none of the others from being made", () => {
  const { pace, made, add, turn } = world(4);
  for (let n = 0; n < 4; n++) add(n);
  pace.add(() => assert.fail("no process"));
  add(4);
  assert.throws(turn, /no process/);
  turn();
  assert.deepEqual(made, [0, 1, 2, 3, 4]);
});
