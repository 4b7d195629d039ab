import assert from "node:assert/strict";
import { doorOf, keep, knock } from "../../lib/page/door.js";
import { keptDoors } from "../../lib/page/store.js";
import { type SequenceKeys, sequenceOf } from "../../lib/library/sequence.ts";
import { Secret } from "../../lib/core/secret.ts";
import { anEnrolment } from "../core/one_time/enrolments.ts";
import { FakeStore } from "./fake_store.ts";
import { inPlaceOf } from "./in_place_of.ts";

const STEP = 100;
const TOTP = anEnrolment();
const HOTP = anEnrolment({ otp: { ...TOTP.otp, mode: "hotp" } });

/** A page's world: its clock moves when somebody waits; everything sent is remembered. */
class World implements Disposable {
  now = STEP * 30_000;
  /** Milliseconds that a wait takes, of which the page knows nothing. */
  jump: (() => number) | undefined;
  readonly urls: URL[] = [];
  readonly signals: AbortSignal[] = [];
  readonly #replaced = new DisposableStack();

  constructor() {
    const replace = (owner: object, name: string, value: unknown) =>
      this.#replaced.use(inPlaceOf(owner, name, value));
    replace(Date, "now", () => this.now);
    replace(globalThis, "location", { protocol: "file:" });
    replace(globalThis, "indexedDB", new FakeStore());
    replace(globalThis, "fetch", (url: string, { signal }: { signal: AbortSignal }) => {
      this.urls.push(new URL(url));
      this.signals.push(signal);
      return Promise.resolve();
    });
    replace(globalThis, "setTimeout", (then: () => void, ms: number) => {
      this.now += this.jump?.() ?? ms;
      queueMicrotask(then);
    });
  }

  /** The counters that were sent, each of them three times. */
  async sent({ keys }: Door): Promise<number[]> {
    for (let round = 0; round < 50; round++) await null;
    const counters: number[] = [];
    const ports = this.urls.map(({ port }) => Number(port));
    for (let counter = 0; counter < STEP + 20; counter++) {
      const own = await sequenceOf(keys, TOTP.otp, counter);
      const times = ports.filter((port) => port === own[1]!.port).length;
      assert.ok(times === 0 || times === 3, `${times} times`);
      if (times > 0) counters.push(counter);
    }
    return counters;
  }

  [Symbol.dispose](): void {
    this.#replaced.dispose();
  }
}

interface Door {
  readonly keys: SequenceKeys;
  readonly used?: number;
}

const open = (enrolment = TOTP) =>
  doorOf({ enrolment, then: undefined }) as Promise<Door>;
const untold = () => {};

Deno.test("a page that slept while a used step was waited for takes the step of then", async () => {
  using world = new World();
  const told: number[] = [];
  const door = { ...await open(), used: STEP };
  // Five minutes in a pocket, from the second second on.
  world.jump = () => told.length === 2 ? 300_000 : 1000;
  await knock(door, (seconds: number) => told.push(seconds));
  assert.deepEqual(told, [30, 29, 0]);
  assert.deepEqual(await world.sent(door), [STEP + 10]);
});

for (const kept of [false, true]) {
  const key = kept ? "a key that is kept" : "a key that nothing keeps";
  Deno.test(`${key} waits for two steps at most when a clock was ahead`, async () => {
    using world = new World();
    const told: number[] = [];
    const door = { ...await open(), used: STEP };
    if (kept) await keep(door);
    // Set right while the next step is waited for.
    world.jump = () => told.length === 2 ? -600_000 : 1000;
    await knock(door, (seconds: number) => told.push(seconds));
    assert.deepEqual(told.slice(0, 4), [30, 29, 59, 58]);
    assert.deepEqual(await world.sent(door), [STEP - 18]);
  });
}

Deno.test("a key that nothing keeps takes another step for another knock", async () => {
  using world = new World();
  const door = await open();
  for (let tap = 0; tap < 2; tap++) await knock(door, untold);
  assert.deepEqual(await world.sent(door), [STEP, STEP + 1]);
});

Deno.test("a knock waits until the one before has been sent for the last time", async () => {
  const { setTimeout: later } = globalThis;
  using world = new World();
  const door = await open(HOTP);
  const timers: (() => void)[] = [];
  {
    using _late = inPlaceOf(globalThis, "setTimeout", (then: () => void) => {
      if (timers.push(then) === 1) queueMicrotask(then);
    });
    await knock(door, untold);
  }
  const next = knock(door, untold);
  for (let turn = 0; turn < 20; turn++) await new Promise((done) => later(done, 1));
  assert.equal(world.urls.length, 2 * HOTP.otp.length);
  timers[1]!();
  await next;
  assert.deepEqual(await world.sent(door), [0, 1]);
});

Deno.test("a page gives up each connection, also to an address with colons", async () => {
  using world = new World();
  const door = await open(anEnrolment({ host: "2001:db8::1" }));
  await knock(door, untold);
  assert.deepEqual(await world.sent(door), [STEP]);
  assert.ok(world.urls.every(({ hostname }) => hostname === "[2001:db8::1]"));
  assert.ok(world.signals.every((signal) => signal instanceof AbortSignal));
});

Deno.test("two windows that knock in the same moment take a counter each", async () => {
  using world = new World();
  const windows = [await open(HOTP), await open(HOTP)];
  for (const door of windows) await keep(door);
  await Promise.all(windows.map((door) => knock(door, untold)));
  assert.deepEqual(await world.sent(windows[0]!), [0, 1]);
});

Deno.test("a window in which a link was opened before goes on where another is by now", async () => {
  using world = new World();
  const [one, other] = [await open(HOTP), await open(HOTP)];
  await keep(one);
  for (let tap = 0; tap < 2; tap++) await knock(one, untold);
  await keep(other);
  await knock(other, untold);
  assert.deepEqual(await world.sent(one), [0, 1, 2]);
});

Deno.test("a new key of the same name begins at its own counter, in all windows", async () => {
  using world = new World();
  const old = await open(HOTP);
  await keep(old);
  for (let tap = 0; tap < 3; tap++) await knock(old, untold);
  const secret = new Secret(new Uint8Array(32).fill(7));
  const rotated = await open({ ...HOTP, secret });
  await keep(rotated);
  await knock(old, untold);
  await knock(rotated, untold);
  assert.deepEqual(await world.sent(rotated), [0, 1]);
});

Deno.test("two clients of one door have a key each, and one that is gone knocks no more", async () => {
  using world = new World();
  const [alice, bob] = [await open(), await open(anEnrolment({ client: "bob" }))];
  await keep(alice);
  await keep(bob);
  assert.equal((await keptDoors()).length, 2);
  using _emptied = inPlaceOf(globalThis, "indexedDB", new FakeStore());
  assert.equal(await knock(alice, untold), "removed");
  assert.deepEqual(world.urls, []);
});
