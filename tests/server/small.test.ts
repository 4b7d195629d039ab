import assert from "node:assert/strict";
import { staySmall } from "../../lib/server/small.ts";

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
  using _small = staySmall(system);
  system.due.shift()!();
  system.due.shift()!();
  assert.deepEqual(system.started, ["", ""]);
});

Deno.test("a daemon that ends rehearses no more", () => {
  const system = world();
  staySmall(system)[Symbol.dispose]();
  assert.deepEqual(system.due, []);
});
