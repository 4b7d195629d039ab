/**
 * One-time sequences from a profile, each counter spent before its sequence is known.
 *
 * @module
 */
import type { Address } from "../core/address.ts";
import type { Sequence } from "../core/door.ts";
import { Failure } from "../core/failure.ts";
import { derivationKey, deriveSequence, MAX_COUNTER } from "../core/one_time/derive.ts";
import { nextCounter, spendCounter } from "./counters.ts";
import type { Profile } from "./profile_text.ts";
import type { System } from "./system.ts";

/**
 * Milliseconds between the first hit and the others on a door with `bind_source`: the
 * host begins to derive a source's sequences when it sees the first one.
 */
export const BOUND_PAUSE = 30;

/** Steps that a client waits for at most; more means that its clock was set back. */
const LONGEST_WAIT = 2;

/** Where the sequences come from, and who hears of waiting. */
export interface OneTimeOptions {
  /** The profiles' directory. */
  readonly dir: string;
  readonly profile: Profile;
  /** The address that the host sees, for a door with `bind_source`. */
  readonly source?: Address;
  /** Is told the seconds that are left, every second; 0 when the wait is over. */
  readonly onWait?: (seconds: number) => void;
}

/** Whether the next sequence is for a time that is yet to come. */
export function hasToWait(
  system: Pick<System, "now">,
  { dir, profile }: Pick<OneTimeOptions, "dir" | "profile">,
): boolean {
  return nextCounter(dir, profile, system.now() / 1000).wait > 0;
}

/** The next sequence, waiting until its time has come. It is never given again. */
export async function takeSequence(
  system: Pick<System, "now" | "sleep">,
  options: OneTimeOptions,
): Promise<Sequence> {
  const { label, secret, otp } = options.profile.enrolment;
  const counter = await takeCounter(system, options);
  const plain = derivationKey(secret, label);
  if (!otp.bindSource) return deriveSequence(otp, counter, plain);
  if (!options.source) throw new TypeError("the door is bound to a source");
  return deriveSequence(
    otp,
    counter,
    plain,
    derivationKey(secret, label, options.source),
  );
}

async function takeCounter(
  system: Pick<System, "now" | "sleep">,
  { dir, profile, onWait }: OneTimeOptions,
): Promise<number> {
  for (;;) {
    const { counter, wait } = nextCounter(dir, profile, system.now() / 1000);
    if (counter > MAX_COUNTER) {
      throw new Failure(
        `the profile ${JSON.stringify(profile.name)} has no counter left`,
        "ask for a new enrolment",
      );
    }
    if (wait > LONGEST_WAIT * profile.enrolment.otp.period) throw clockSetBack(wait);
    // Another process may take the step meanwhile, so what is next is asked again.
    if (wait > 0) await countDown(system, wait, onWait);
    else if (spendCounter(dir, profile, counter)) return counter;
  }
}

async function countDown(
  system: Pick<System, "sleep">,
  wait: number,
  onWait?: (seconds: number) => void,
): Promise<void> {
  let pause = (wait % 1 || 1) * 1000;
  for (let left = Math.ceil(wait); left > 0; left--) {
    onWait?.(left);
    await system.sleep(pause);
    pause = 1000;
  }
  onWait?.(0);
}

function clockSetBack(wait: number): Failure {
  return new Failure(
    `the last knock with this profile is ${Math.round(wait)} s ahead of the clock`,
    "set this machine's clock; if it is right now, remove the profile and add it again",
  );
}
