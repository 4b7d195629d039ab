import assert from "node:assert/strict";
import fc from "fast-check";
import { Places } from "../../../lib/core/matcher/places.ts";

function list(places: Places, knock: number): number[] {
  const found: number[] = [];
  for (let i = places.start(knock); i < places.end(knock); i++) found.push(places.at(i));
  return found;
}

Deno.test("places are those that were added and not removed, in their order", () => {
  const knock = fc.constantFrom(0, 1, 2, 7000, 131_071);
  const step = fc.record({ knock, add: fc.boolean(), which: fc.nat(40) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const places = new Places();
      const plain = new Map<number, number[]>();
      for (const [place, { knock, add, which }] of steps.entries()) {
        const expected = plain.get(knock) ?? [];
        plain.set(knock, expected);
        if (add) {
          expected.push(place);
          places.add(knock, place);
        } else if (expected.length > 0) {
          const [gone] = expected.splice(which % expected.length, 1);
          places.remove(knock, gone!);
        }
        for (const [knock, expected] of plain) {
          assert.deepEqual(list(places, knock), expected);
        }
      }
    }),
  );
});

Deno.test("a place that a knock does not have can't be removed", () => {
  const places = new Places();
  places.add(7000, 1);
  places.add(7001, 2);
  places.remove(7000, 2);
  assert.deepEqual([list(places, 7000), list(places, 7001)], [[1], [2]]);
});
