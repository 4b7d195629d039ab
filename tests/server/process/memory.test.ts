import assert from "node:assert/strict";
import { staySmall } from "../../../lib/server/process/memory.ts";

/** A world with one timer, and with no programs. */
function world() {
  const started: string[] = [];
  const due: (() => void)[] = [];
  return {
    started,
    due,
    schedule(_delayMs: number, run: () => void) {
      due.push(run);
      return () => void due.splice(due.indexOf(run), 1);
    },
    spawn(argv: readonly string[]): never {
      started.push(argv.join(" "));
      throw new Deno.errors.NotFound("no such program");
    },
  };
}

Deno.test("a daemon that waits rehearses a start that fails, again and again", () => {
  const system = world();
  using small = staySmall(system);
  small.settle();
  system.due.shift()!();
  assert.deepEqual(system.started, ["", ""]);
});

Deno.test("a daemon that ends rehearses no more", () => {
  const system = world();
  const small = staySmall(system);
  small.settle();
  small[Symbol.dispose]();
  assert.deepEqual(system.due, []);
});

Deno.test("a daemon gives memory back soon after a flood began, and while it lasts", () => {
  const system = world();
  using small = staySmall(system);
  small.settle();
  const [settle] = system.due;
  small.busy();
  small.busy();
  assert.equal(system.due.length, 2);
  for (let times = 0; times < 6; times++) {
    assert.equal(system.due.length, 2);
    system.due.pop()!();
    small.busy();
  }
  assert.equal(system.due.length, 1, "a minute later it settles anyway");
  system.due.pop();
  settle!();
  small.busy();
  assert.equal(system.due.length, 2);
});

Deno.test("what was done once is given back at once, and the next time a minute later", () => {
  const system = world();
  using small = staySmall(system);
  small.settle();
  assert.deepEqual(system.started, [""]);
  assert.equal(system.due.length, 1);
});

Deno.test("a daemon that ends in a flood gives back nothing more", () => {
  const system = world();
  const small = staySmall(system);
  small.busy();
  small[Symbol.dispose]();
  assert.deepEqual(system.due, []);
});
