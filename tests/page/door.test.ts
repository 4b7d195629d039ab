import assert from "node:assert/strict";
import { knock } from "../../lib/page/door.js";
import { sequenceKeys, sequenceOf } from "../../lib/library/sequence.ts";
import { anEnrolment } from "../core/one_time/enrolments.ts";

const STEP = 100;
const otp = {
  mode: "totp",
  lo: 10000,
  hi: 59999,
  length: 5,
  protocol: "tcp" as const,
  period: 30,
};

/** Something global that is another thing until this is disposed. */
function inPlaceOf(owner: object, name: string, value: unknown): Disposable {
  const before = Object.getOwnPropertyDescriptor(owner, name)!;
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  return { [Symbol.dispose]: () => Object.defineProperty(owner, name, before) };
}

Deno.test("a page that slept while a used step was waited for takes the step of then", async () => {
  let now = STEP * otp.period * 1000;
  const hit: number[] = [];
  const told: number[] = [];
  const keys = await sequenceKeys(anEnrolment());
  const door = { host: "192.0.2.1", otp, keys, counter: 0, used: STEP };
  {
    using _now = inPlaceOf(Date, "now", () => now);
    using _location = inPlaceOf(globalThis, "location", { protocol: "file:" });
    using _fetch = inPlaceOf(globalThis, "fetch", (url: string) => {
      hit.push(Number(new URL(url).port));
      return Promise.resolve();
    });
    using _setTimeout = inPlaceOf(globalThis, "setTimeout", (then: () => void) => {
      // Five minutes in a pocket, from the second second on.
      now += told.length === 2 ? 300_000 : 1000;
      queueMicrotask(then);
    });
    await knock(door, (seconds: number) => told.push(seconds));
  }
  assert.deepEqual(told, [30, 29, 0]);
  const ports = (await sequenceOf(keys, otp, STEP + 10)).map(({ port }) => port);
  assert.deepEqual(hit, [...ports, ...ports]);
});
