import assert from "node:assert/strict";
import fc from "fast-check";
import {
  mayHavePrint,
  notePrint,
} from "../../../../lib/core/matcher/history/print_filter.ts";
import { finish } from "../../../../lib/core/matcher/words.ts";

const AT = 3;

Deno.test("a filter has every print that was noted in it, and changes nothing beside it", () => {
  const prints = fc.array(fc.nat(2 ** 30 - 1), { maxLength: 200, size: "max" });
  fc.assert(
    fc.property(prints, fc.constantFrom(16, 32, 64, 128), (noted, length) => {
      const words = new Int32Array(AT + length + 1);
      for (const print of noted) notePrint(words, AT, length, print);
      for (const print of noted) assert.ok(mayHavePrint(words, AT, length, print));
      for (const beside of [0, 1, 2, AT + length]) assert.equal(words[beside], 0);
    }),
  );
});

Deno.test("of as many prints as a record has, it has one in fifty that was not noted", () => {
  const words = new Int32Array(64);
  for (let i = 0; i < 174; i++) notePrint(words, 0, words.length, finish(i));
  let taken = 0;
  for (let i = 1000; i < 11_000; i++) {
    if (mayHavePrint(words, 0, words.length, finish(i))) taken++;
  }
  assert.ok(taken < 200, `${taken} of 10,000`);
});
