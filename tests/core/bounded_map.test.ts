import assert from "node:assert/strict";
import { BoundedMap } from "../../lib/core/bounded_map.ts";

Deno.test("a bounded map forgets what was set longest ago, and tells it", () => {
  const forgotten: string[] = [];
  const map = new BoundedMap<number, string>(2, (value) => forgotten.push(value));
  map.set(1, "one").set(2, "two");
  assert.deepEqual([...map], [[1, "one"], [2, "two"]]);
  map.set(1, "one again");
  assert.deepEqual(forgotten, [], "what is set anew is not forgotten");
  map.set(3, "three");
  assert.deepEqual([...map], [[1, "one again"], [3, "three"]]);
  assert.deepEqual(forgotten, ["two"]);
  map.delete(3);
  assert.deepEqual(forgotten, ["two"], "what is taken out was no longer wanted");
});
