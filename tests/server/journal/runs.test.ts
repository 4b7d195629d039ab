import assert from "node:assert/strict";
import fc from "fast-check";
import {
  covers,
  formatRuns,
  parseRuns,
  type Run,
  withCounter,
} from "../../../lib/server/journal/runs.ts";

function runsOf(counters: readonly number[]): Run[] {
  return counters.reduce<Run[]>(withCounter, []);
}

Deno.test("runs have every counter that was added, and few others", () => {
  assert.deepEqual(runsOf([5, 9, 6, 4]), [[4, 6], [9, 9]]);
  assert.deepEqual(runsOf([1, 3, 2]), [[1, 3]]);
});

Deno.test("runs of any counters have all of them, are few, and read back", () => {
  const counter = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 2 ** 48 - 1 }));
  fc.assert(
    fc.property(fc.array(counter, { maxLength: 60 }), (counters) => {
      const runs = runsOf(counters);
      assert.ok(counters.every((each) => covers(runs, each)));
      assert.ok(runs.length <= 16);
      assert.deepEqual(parseRuns(formatRuns(runs)), runs);
      for (const [i, [first, last]] of runs.entries()) {
        assert.ok(first <= last && (i === 0 || first > runs[i - 1]![1] + 1));
      }
    }),
  );
});

Deno.test("runs that are too many become one where they are nearest", () => {
  const far = Array.from({ length: 16 }, (_, i) => i * 1000);
  const runs = runsOf([...far, 15_002]);
  assert.equal(runs.length, 16);
  assert.deepEqual(runs.at(-1), [15_000, 15_002]);
});
