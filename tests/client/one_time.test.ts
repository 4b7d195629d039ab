import assert from "node:assert/strict";
import { type Address, parseAddress } from "../../lib/core/address.ts";
import {
  derivationKey,
  deriveSequence,
  MAX_COUNTER,
} from "../../lib/core/one_time/derive.ts";
import { Failure } from "../../lib/core/failure.ts";
import { knock } from "../../lib/client/knock.ts";
import { takeSequence } from "../../lib/client/one_time.ts";
import { addProfile, type Profile } from "../../lib/client/profiles.ts";
import { anEnrolment } from "../core/one_time/enrolments.ts";
import { FakeSystem } from "./fake_system.ts";

const START = 1_800_000_000_000;
const STEP = START / 1000 / 30;
const target = parseAddress("192.0.2.1")!;
const totp = anEnrolment();
const bound = anEnrolment({ otp: { ...totp.otp, bindSource: true } });
const hotp = anEnrolment({ otp: { ...totp.otp, mode: "hotp" }, counter: 7 });

/** Runs a test with a store that holds one profile. */
function withProfile(
  enrolment: typeof totp,
  test: (options: { dir: string; profile: Profile }) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const dir = Deno.makeTempDirSync({ prefix: "knockd-one-time-" });
    try {
      await test({ dir, profile: addProfile(dir, enrolment) });
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  };
}

function sequenceOf({ enrolment }: Profile, counter: number, source?: Address) {
  const { secret, label, otp } = enrolment;
  const bound = source && derivationKey(secret, label, source);
  return deriveSequence(otp, counter, derivationKey(secret, label), bound);
}

Deno.test(
  "a time-based sequence is the current step's",
  withProfile(totp, async (options) => {
    const system = new FakeSystem(START + 29_999);
    const sequence = await system.run(takeSequence(system, options));
    assert.deepEqual(sequence, sequenceOf(options.profile, STEP));
    assert.equal(system.elapsed, 0);
  }),
);

Deno.test(
  "a used step waits for the next one and counts the seconds down",
  withProfile(totp, async (options) => {
    const system = new FakeSystem(START + 26_500);
    const told: number[] = [];
    const onWait = (seconds: number) => void told.push(seconds);
    await system.run(takeSequence(system, { ...options, onWait }));
    assert.deepEqual(told, []);
    const second = await system.run(takeSequence(system, { ...options, onWait }));
    assert.deepEqual(second, sequenceOf(options.profile, STEP + 1));
    assert.deepEqual(told, [4, 3, 2, 1, 0]);
    assert.equal(system.elapsed, 3500);
  }),
);

Deno.test(
  "whoever sleeps while a used step is waited for knocks on waking, from where it is then",
  withProfile(bound, async (options) => {
    const system = new FakeSystem(START);
    const [home, away] = [parseAddress("192.0.2.7")!, parseAddress("198.51.100.7")!];
    let slept = 0;
    const laptop = {
      now: () => system.now() + slept,
      async sleep(ms: number) {
        await system.sleep(ms);
        if (system.elapsed === 2000) slept = 45_000;
      },
    };
    const source = () => Promise.resolve(slept === 0 ? home : away);
    const told: number[] = [];
    const onWait = (seconds: number) => void told.push(seconds);
    await system.run(takeSequence(laptop, { ...options, source }));
    const taken = takeSequence(laptop, { ...options, source, onWait });
    assert.deepEqual(
      await system.run(taken),
      sequenceOf(options.profile, STEP + 1, away),
    );
    assert.deepEqual(told, [30, 29, 0]);
    assert.equal(system.elapsed, 2000);
  }),
);

Deno.test(
  "a clock that is set back while a used step is waited for is said at once",
  withProfile(totp, async (options) => {
    const system = new FakeSystem(START);
    await system.run(takeSequence(system, options));
    let back = 0;
    const clock = {
      now: () => system.now() - back,
      async sleep(ms: number) {
        await system.sleep(ms);
        back = 3_600_000;
      },
    };
    await assert.rejects(system.run(takeSequence(clock, options)), /ahead of the clock/);
    assert.equal(system.elapsed, 1000);
  }),
);

Deno.test(
  "sequences asked for at the same moment are of different steps",
  withProfile(totp, async (options) => {
    const system = new FakeSystem(START);
    const asked = [1, 2, 3, 4].map(() => takeSequence(system, options));
    const sequences = await system.run(Promise.all(asked));
    assert.deepEqual(
      sequences,
      [0, 1, 2, 3].map((ahead) => sequenceOf(options.profile, STEP + ahead)),
    );
  }),
);

Deno.test(
  "a clock set back is an error, not a wait of hours",
  withProfile(totp, async (options) => {
    await takeSequence(new FakeSystem(START + 7_200_000), options);
    const system = new FakeSystem(START);
    await assert.rejects(system.run(takeSequence(system, options)), {
      name: "Failure",
      message: "the last knock with this profile is 7230 s ahead of the clock",
    });
  }),
);

Deno.test(
  "a counter begins where the enrolment says and never comes again",
  withProfile(hotp, async (options) => {
    const system = new FakeSystem(START);
    for (const counter of [7, 8, 9]) {
      const sequence = await takeSequence(system, options);
      assert.deepEqual(sequence, sequenceOf(options.profile, counter));
    }
    assert.equal(system.elapsed, 0);
  }),
);

Deno.test(
  "a counter is spent even if its knock fails to leave",
  withProfile(hotp, async (options) => {
    const system = new FakeSystem(START);
    system.hit = () => Promise.reject(new Failure("can't send"));
    const next = async () => ({ sequence: await takeSequence(system, options) });
    await assert.rejects(knock(system, { target, next, delay: 0, retries: 0 }));
    assert.deepEqual((await next()).sequence, sequenceOf(options.profile, 8));
  }),
);

Deno.test(
  "counters that are used up are an error",
  withProfile({ ...hotp, counter: MAX_COUNTER }, async (options) => {
    const system = new FakeSystem(START);
    await takeSequence(system, options);
    await assert.rejects(takeSequence(system, options), {
      message: 'the profile "example.org/ssh" has no counter left',
    });
  }),
);

Deno.test(
  "a bound sequence begins with the plain first port and depends on the source",
  withProfile(
    anEnrolment({ otp: { ...hotp.otp, bindSource: true } }),
    async (options) => {
      const system = new FakeSystem(START);
      const source = parseAddress("198.51.100.7")!;
      const sequence = await takeSequence(system, {
        ...options,
        source: () => Promise.resolve(source),
      });
      assert.deepEqual(sequence, sequenceOf(options.profile, 0, source));
      const plain = sequenceOf(options.profile, 0);
      assert.deepEqual(sequence[0], plain[0]);
      assert.notDeepEqual(sequence, plain);
    },
  ),
);
