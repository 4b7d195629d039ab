import assert from "node:assert/strict";
import fc from "fast-check";
import { KeyFilter } from "../../../../lib/server/knocks/packets/key_filter.ts";

/** Keys of which many meet in the same bits, the least and the greatest among them. */
const KEY = fc.tuple(
  fc.constantFrom(0, 1, 2 ** 15 - 1),
  fc.constantFrom(0, 1, 31, 32, 33, 2 ** 15 - 1),
).map(([low, high]) => high * 2 ** 15 + low);

Deno.test("a filter may have every key that it knows, and none when all are gone", () => {
  fc.assert(fc.property(fc.uniqueArray(KEY), fc.uniqueArray(KEY), (keys, others) => {
    const filter = new KeyFilter();
    keys.forEach((key) => filter.add(key));
    keys.filter((key) => others.includes(key)).forEach((key) => filter.remove(key));
    const left = keys.filter((key) => !others.includes(key));
    assert.deepEqual(left.filter((key) => filter.mayHave(key)), left);
    left.forEach((key) => filter.remove(key));
    assert.equal(keys.some((key) => filter.mayHave(key)), false);
  }));
});

Deno.test("one of fifty strangers at most may be among 50,000 keys", () => {
  const filter = new KeyFilter();
  const random = (i: number) => Math.imul(i, 0x9e3779b1) >>> 2;
  for (let i = 0; i < 50_000; i++) filter.add(random(i));
  const strangers = Array.from({ length: 50_000 }, (_, i) => random(i + 50_000));
  const taken = strangers.filter((key) => filter.mayHave(key)).length;
  assert.ok(taken <= 1000, `${taken}`);
});
