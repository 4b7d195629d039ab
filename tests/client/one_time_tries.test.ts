import assert from "node:assert/strict";
import { type Address, parseAddress } from "../../lib/core/address.ts";
import {
  counterAt,
  derivationKey,
  deriveSequence,
} from "../../lib/core/one_time/derive.ts";
import type { Enrolment } from "../../lib/core/one_time/enrolment.ts";
import { knock } from "../../lib/client/knock.ts";
import { shotsOf } from "../../lib/client/forms.ts";
import { nextCounter } from "../../lib/client/counters.ts";
import { Failure } from "../../lib/core/failure.ts";
import { OneTimeTries } from "../../lib/client/one_time.ts";
import { addProfile, type Profile } from "../../lib/client/profiles.ts";
import { formatKnock } from "../../lib/core/sequence.ts";
import { anEnrolment } from "../core/one_time/enrolments.ts";
import { Random } from "../fuzz/random.ts";
import { withDirectory } from "./directory.ts";
import { FakeSystem } from "./fake_system.ts";

const START = 1_800_000_000_000;
const STEP = START / 1000 / 30;
const target = parseAddress("192.0.2.1")!;

function withWindow(window: number): Enrolment {
  const enrolment = anEnrolment();
  return { ...enrolment, otp: { ...enrolment.otp, window } };
}

function portsOf({ secret, label, otp }: Enrolment, counter: number): string[] {
  return deriveSequence(otp, counter, derivationKey(secret, label)).map(formatKnock);
}

/** What a knock at a port that stays closed sends: each sending's time and its step. */
async function sendings(
  dir: string,
  { window, retries, later = 0 }: { window: number; retries: number; later?: number },
) {
  const enrolment = withWindow(window);
  const profile = addProfile(dir, enrolment, { replace: true });
  const system = new FakeSystem(START + later);
  const waits: number[] = [];
  const onWait = (seconds: number) => void waits.push(seconds);
  const tries = new OneTimeTries(system, { dir, profile, onWait });
  const next = () => tries.next();
  const plan = { target, next, anyOrder: true, port: 22, delay: 0, retries };
  await assert.rejects(system.run(knock(system, plan)));
  const firsts = new Map<string, number>();
  for (let ahead = -1; ahead < 12; ahead++) {
    firsts.set(portsOf(enrolment, STEP + ahead)[0]!, ahead);
  }
  const sent = system.events.flatMap((event) => {
    const [time, what, port] = event.split(" ");
    const ahead = what === "hit" ? firsts.get(port!) : undefined;
    return ahead === undefined ? [] : [[Number(time), ahead]];
  });
  return { sent, longestWait: Math.max(0, ...waits) };
}

Deno.test(
  "a retry takes the next step at once, and then waits for the time of the one after",
  withDirectory(async (dir) => {
    const { sent, longestWait } = await sendings(dir, { window: 1, retries: 2 });
    assert.deepEqual(sent, [
      ...[0, 1000, 2500].map((time) => [time, 0]),
      ...[5000, 6000, 7500].map((time) => [time, 1]),
      // Once more, now that its time has come: to a clock that is behind it was too early.
      ...[30_000, 31_000, 32_500].map((time) => [time, 1]),
      ...[60_000, 61_000, 62_500].map((time) => [time, 2]),
    ]);
    assert.ok(longestWait <= 30, `${longestWait}`);
  }),
);

Deno.test(
  "a retry at a door without a window never goes ahead of the clock",
  withDirectory(async (dir) => {
    const { sent, longestWait } = await sendings(dir, { window: 0, retries: 2 });
    assert.deepEqual(
      sent,
      [0, 1, 2].flatMap((step) =>
        [0, 1000, 2500].map((time) => [step * 30_000 + time, step])
      ),
    );
    assert.ok(longestWait <= 30, `${longestWait}`);
  }),
);

Deno.test(
  "a wide window takes that many retries at once",
  withDirectory(async (dir) => {
    const { sent } = await sendings(dir, { window: 3, retries: 3 });
    assert.deepEqual(
      sent.map(([, step]) => step),
      [0, 1, 2, 3].flatMap((x) => [x, x, x]),
    );
    assert.equal(sent.at(-1)![0], 17_500);
  }),
);

Deno.test(
  "a knock after one that went ahead waits for no more than a step",
  withDirectory(async (dir) => {
    await sendings(dir, { window: 1, retries: 1 });
    const { sent, longestWait } = await sendings(
      dir,
      { window: 1, retries: 0, later: 12_000 },
    );
    assert.deepEqual(sent[0], [18_000, 2]);
    assert.equal(longestWait, 18);
  }),
);

Deno.test(
  "a knock after one that used all that a wide window takes waits for no more than a step",
  withDirectory(async (dir) => {
    await sendings(dir, { window: 3, retries: 3 });
    const { sent } = await sendings(dir, { window: 3, retries: 0, later: 20_000 });
    assert.deepEqual(sent[0], [10_000, 4]);
  }),
);

Deno.test(
  "counters are never sent ahead of their turn or twice as new ones",
  withDirectory(async (dir) => {
    const hotp = anEnrolment({ otp: { ...anEnrolment().otp, mode: "hotp" } });
    const profile = addProfile(dir, hotp);
    const system = new FakeSystem(START);
    const tries = new OneTimeTries(system, { dir, profile });
    for (const counter of [0, 1, 2]) {
      const { sequence, again } = await tries.next();
      assert.deepEqual(sequence.map(formatKnock), portsOf(hotp, counter));
      assert.equal(again, undefined);
    }
  }),
);

Deno.test(
  "each try is bound to the address that it is sent from",
  withDirectory(async (dir) => {
    const bound = anEnrolment({ otp: { ...anEnrolment().otp, bindSource: true } });
    const profile = addProfile(dir, bound);
    const addresses = ["192.0.2.7", "198.51.100.7", "203.0.113.7"]
      .map((text) => parseAddress(text)!);
    const sources = addresses.values();
    const source = () => Promise.resolve(sources.next().value);
    const system = new FakeSystem(START);
    const tries = new OneTimeTries(system, { dir, profile, source });
    // The third is the second once more, when its time has come.
    for (const [i, step] of [0, 1, 1].entries()) {
      const { sequence, again } = await system.run(tries.next());
      assert.deepEqual(sequence, shotsOf(bound, "sequence", STEP + step, addresses[i]));
      assert.equal(again === true, i === 2);
    }
  }),
);

Deno.test(
  "a machine that slept amid its tries sends none again whose time is over",
  withDirectory(async (dir) => {
    const enrolment = anEnrolment();
    const profile = addProfile(dir, enrolment);
    const system = new FakeSystem(START);
    const tries = new OneTimeTries(system, { dir, profile });
    const sent: string[] = [];
    const send = async () => {
      const { sequence } = await system.run(tries.next());
      sent.push(formatKnock(sequence[0]!));
    };
    await send();
    await send();
    await system.run(system.sleep(300_000));
    for (let left = 3; left > 0; left--) await send();
    const steps = [0, 1, 10, 11, 11].map((ahead) => portsOf(enrolment, STEP + ahead)[0]);
    assert.deepEqual(sent, steps);
  }),
);

/** A host with a clock of its own that takes a counter once, and no earlier one. */
class Host {
  #highest = -1;
  readonly #enrolment: Enrolment;
  readonly #behind: number;
  readonly #hit = new Map<number, Set<string>>();
  readonly #ports = new Map<number, readonly string[]>();

  constructor(enrolment: Enrolment, behind: number) {
    this.#enrolment = enrolment;
    this.#behind = behind;
  }

  /** A packet arrived; whether it opens the door. */
  hears(port: string, now: number): boolean {
    const step = counterAt((now - this.#behind) / 1000, 30);
    for (let counter = step - 3; counter <= step + 3; counter++) {
      const ports = this.#ports.getOrInsertComputed(
        counter,
        () => portsOf(this.#enrolment, counter),
      );
      if (!ports.includes(port)) continue;
      const hit = this.#hit.get(counter) ?? new Set();
      this.#hit.set(counter, hit.add(port));
      if (hit.size < ports.length || counter <= this.#highest) continue;
      if (counter < step - 1) continue;
      this.#highest = counter;
      if (counter <= step + 1) return true;
    }
    return false;
  }
}

/** Whether a knock over a network that loses one packet in ten gets in. */
async function knocksThrough(
  { dir, profile, behind, random, start }: {
    dir: string;
    profile: Profile;
    behind: number;
    random: () => number;
    start: number;
  },
) {
  const { enrolment } = profile;
  const system = new FakeSystem(start);
  const host = new Host(enrolment, behind);
  system.hit = (_target: Address, port) => {
    const arrives = random() >= 0.1;
    if (arrives && host.hears(formatKnock(port), system.now())) {
      system.opensAt = system.elapsed;
    }
    return Promise.resolve();
  };
  const tries = new OneTimeTries(system, { dir, profile });
  const next = () => tries.next();
  const plan = { target, next, anyOrder: true, port: 22, delay: 0, retries: 3 };
  await system.run(knock(system, plan));
}

for (const behind of [0, 30_000, 12_000, -30_000]) {
  const clock = behind === 0
    ? "a right clock"
    : `a clock ${Math.abs(behind) / 1000} s ${behind > 0 ? "ahead" : "behind"}`;
  const knocks = behind === 0 ? 400 : 100;
  Deno.test(
    `${knocks} of ${knocks} knocks from ${clock} get in where every tenth packet is lost`,
    withDirectory(async (dir) => {
      const numbers = new Random(1);
      const random = () => numbers.below(1000) / 1000;
      const profile = addProfile(dir, anEnrolment());
      for (let i = 0; i < knocks; i++) {
        // Each later than the one before, so that no step was used.
        const start = START + i * 300_000 + Math.floor(random() * 30_000);
        await knocksThrough({ dir, profile, behind, random, start });
      }
    }),
  );
}

Deno.test(
  "a counter of which nothing could be sent is good again, one that was begun is not",
  withDirectory(async (dir) => {
    const enrolment = anEnrolment();
    const counting = {
      ...enrolment,
      otp: { ...enrolment.otp, mode: "hotp" as const },
    };
    for (const given of [enrolment, counting]) {
      const profile = addProfile(dir, given, { replace: true });
      const next = () => nextCounter(dir, profile, START / 1000).counter;
      const before = next();
      for (const [sent, used] of [[0, 0], [0, 0], [2, 1], [0, 1]] as const) {
        const system = new FakeSystem(START + (used && !sent ? 30_000 : 0));
        let left = sent;
        system.hit = () =>
          left-- > 0 ? Promise.resolve() : Promise.reject(new Failure("can't send"));
        const tries = new OneTimeTries(system, { dir, profile });
        const plan = { target, next: () => tries.next(), port: 22, delay: 0, retries: 3 };
        await assert.rejects(system.run(knock(system, plan)), Failure);
        assert.equal(next(), before + used);
      }
    }
  }),
);
