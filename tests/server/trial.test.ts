import assert from "node:assert/strict";
import { Trial } from "../../lib/server/trial.ts";
import { FakeSystem } from "./fake_system.ts";

/** A trial of 300 s, and whether it has failed. */
function trial() {
  const system = new FakeSystem();
  const trial = new Trial(300, system);
  const outcome = { failed: false };
  void trial.failed.then(() => outcome.failed = true);
  return { system, trial, outcome };
}

Deno.test("a trial that nobody confirms fails when its time is over", async () => {
  const { system, trial: running, outcome } = trial();
  await system.advance(299_000);
  assert.deepEqual([running.left, outcome.failed], [1, false]);
  await system.advance(1000);
  assert.deepEqual([running.left, outcome.failed], [undefined, true]);
  assert.equal(running.confirm(), false);
});

Deno.test("a trial that is confirmed is over, and does not fail any more", async () => {
  const { system, trial: running, outcome } = trial();
  assert.equal(running.confirm(), true);
  assert.equal(running.left, undefined);
  await system.advance(1_000_000);
  assert.equal(outcome.failed, false);
  assert.equal(running.confirm(), false);
  assert.equal(system.timers, 0);
});
