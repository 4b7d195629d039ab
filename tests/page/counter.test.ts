import assert from "node:assert/strict";
import { nextKnock } from "../../lib/page/counter.js";
import { derivationKey } from "../../lib/page/derive.js";
import { canSend } from "../../lib/page/send.js";
import { fill, WORDS, wordsFor } from "../../lib/page/words.js";

const key = await derivationKey(new Uint8Array(20), "ssh");
const door = {
  ...{ mode: "totp", lo: 10000, hi: 59999, length: 5, protocol: "tcp" },
  ...{ period: 30, window: 1, counter: 7 },
};

Deno.test("a knock takes the present step", async () => {
  const { counter, wait, sequence } = await nextKnock(key, door, 3000);
  assert.deepEqual([counter, wait, sequence.length], [100, 0, 5]);
});

Deno.test("a step that was used waits for the next", async () => {
  const { counter, wait } = await nextKnock(key, { ...door, used: 100 }, 3010);
  assert.deepEqual([counter, wait], [101, 20]);
});

Deno.test("a counter that was used is never taken again", async () => {
  const { counter, wait } = await nextKnock(key, { ...door, mode: "hotp", used: 9 }, 0);
  assert.deepEqual([counter, wait], [10, 0]);
});

Deno.test("a step with a port that browsers refuse gives way to the next", async () => {
  // Of so few ports, 10080 is in many sequences.
  const narrow = { ...door, lo: 10070, hi: 10090 };
  let passed = 0;
  for (let step = 0; step < 50; step++) {
    const next = await nextKnock(key, narrow, step * 30);
    assert.ok(canSend(next.sequence));
    if (next.passedOver) passed += 1;
    if (next.counter === step + 1) assert.equal(next.wait, 0);
  }
  assert.ok(passed > 0);
});

Deno.test("the page says the same in each language", () => {
  const [first, ...others] = Object.values(WORDS).map((words) => Object.keys(words));
  for (const other of others) assert.deepEqual(other, first);
  assert.equal(wordsFor(["fr-FR", "de-AT"]).language, "de");
  assert.equal(wordsFor(["fr"]).language, "en");
  assert.equal(fill("{a} of {b}", { a: 1, b: 2 }), "1 of 2");
});
