import assert from "node:assert/strict";
import { RateLimit } from "../../../lib/server/log/rate_limit.ts";

Deno.test("rate limit admits so many lines a kind in each window", () => {
  const limit = new RateLimit(2, 1000);
  assert.deepEqual(limit.endWindow(5000), []);
  const stages = [1, 2, 3, 4].map(() => limit.admit("stage"));
  assert.deepEqual(stages, [true, true, false, false]);
  assert.equal(limit.admit("error"), true);
  assert.equal(limit.windowEnd, 6000);
  assert.deepEqual(limit.endWindow(6000), [{ kind: "stage", count: 2 }]);
  assert.equal(limit.admit("stage"), true);
  assert.deepEqual(limit.endWindow(7000), []);
});

Deno.test("rate limit's first window is over at any time", () => {
  assert.ok(new RateLimit(1, 1000).windowEnd <= 0);
});
