import assert from "node:assert/strict";
import { BURST, HEAVY_PER_MS } from "../../../lib/server/capture/timing.ts";
import { Pace } from "../../../lib/server/capture/pace.ts";

/** Whether any of these milliseconds was heavy, with so many packets in each. */
function everHeavy(perMs: number, milliseconds = 1000): boolean {
  const pace = new Pace();
  return Array.from({ length: milliseconds }, (_, now) => pace.heavy(perMs, now))
    .some(Boolean);
}

Deno.test("traffic below the limit is never heavy, above it soon is", () => {
  assert.equal(everHeavy(HEAVY_PER_MS * 0.9), false);
  assert.equal(everHeavy(HEAVY_PER_MS * 1.1), true);
});

Deno.test("a burst alone is not heavy, one packet more is", () => {
  assert.equal(new Pace().heavy(BURST, 1000), false);
  assert.equal(new Pace().heavy(BURST + 1, 1000), true);
});

Deno.test("the greatest flood is forgotten within some 20 milliseconds", () => {
  const pace = new Pace();
  assert.equal(pace.heavy(1e6, 1000), true);
  assert.equal(pace.heavy(1, 1010), true);
  assert.equal(pace.heavy(1, 1025), false);
});
