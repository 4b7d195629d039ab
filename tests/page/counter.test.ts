import assert from "node:assert/strict";
import { sequenceKeys } from "../../lib/library/sequence.ts";
import { nextKnock } from "../../lib/page/counter.js";
import { obstacle } from "../../lib/page/send.js";
import { anEnrolment } from "../core/one_time/enrolments.ts";
import { fill, WORDS, wordsFor } from "../../lib/page/words.js";

const otp = {
  mode: "totp",
  lo: 10000,
  hi: 59999,
  length: 5,
  protocol: "tcp",
  period: 30,
};
const keys = await sequenceKeys(anEnrolment());
const door = { otp, keys, counter: 7 };

/** What a door's next knock is; it has to be one. */
async function next(own: Parameters<typeof nextKnock>[0], now: number) {
  const found = await nextKnock(own, now);
  assert.ok(found.sequence !== undefined, found.obstacle);
  return found;
}

Deno.test("a knock takes the present step", async () => {
  const { counter, wait, sequence } = await next(door, 3000);
  assert.deepEqual([counter, wait, sequence.length], [100, 0, 5]);
});

Deno.test("a step that was used waits for the next", async () => {
  const { counter, wait } = await next({ ...door, used: 100 }, 3010);
  assert.deepEqual([counter, wait], [101, 20]);
});

Deno.test("a counter that was used is never taken again", async () => {
  const hotp = { ...door, otp: { ...otp, mode: "hotp" }, used: 9 };
  const { counter, wait } = await next(hotp, 0);
  assert.deepEqual([counter, wait], [10, 0]);
});

Deno.test("steps used by a clock that was ahead don't keep anybody waiting for days", async () => {
  const { counter, wait } = await next({ ...door, used: 1_000_000 }, 3010);
  assert.deepEqual([counter, wait], [102, 50]);
});

Deno.test("a step with a port that browsers refuse gives way to the next", async () => {
  // Of so few ports, 10080 is in many sequences.
  const narrow = { ...door, otp: { ...otp, lo: 10070, hi: 10090 } };
  let passed = 0;
  for (let step = 0; step < 50; step++) {
    const { counter, sequence, passedOver, wait } = await next(narrow, step * 30);
    assert.equal(obstacle(sequence), undefined);
    if (passedOver) passed += 1;
    if (counter === step + 1) assert.equal(wait, 0);
  }
  assert.ok(passed > 0);
});

Deno.test("a door that browsers can't knock on is said to be one", async () => {
  const refused = { ...door, otp: { ...otp, lo: 6660, hi: 6671, length: 12 } };
  assert.deepEqual(await nextKnock(refused, 0), { obstacle: "blocked" });
  // This engine has no WebRTC.
  const udp = { ...door, otp: { ...otp, protocol: "udp" } };
  assert.deepEqual(await nextKnock(udp, 0), { obstacle: "noUdp" });
});

Deno.test("the page says the same in each language", () => {
  const [first, ...others] = Object.values(WORDS).map((words) => Object.keys(words));
  for (const other of others) assert.deepEqual(other, first);
  assert.equal(wordsFor(["fr-FR", "de-AT"]).language, "de");
  assert.equal(wordsFor(["fr"]).language, "en");
  assert.equal(fill("{a} of {b}", { a: 1, b: 2 }), "1 of 2");
});
