/** One-time sequences from a profile, each counter spent before its sequence is known. */

import type { Address } from "../core/address.ts";
import { Failure } from "../core/failure.ts";
import type { ClientOtpSettings } from "../core/one_time/enrolment.ts";
import { orUndefined } from "../core/or_undefined.ts";
import { MAX_COUNTER } from "../core/one_time/derive.ts";
import { nextCounter, spendCounter, unspendCounter, windowOf } from "./counters.ts";
import type { Sending } from "./knock.ts";
import type { Profile } from "./profile_text.ts";
import type { ClientSystem } from "./client_system.ts";
import type { Shot } from "./shot.ts";
import { type Form, formOf, shotsOf } from "./forms.ts";

/** Steps that a client waits for at most; more means that its clock was set back. */
const LONGEST_WAIT = 2;

/** Where the sequences come from, and who hears of waiting. */
export interface OneTimeOptions {
  /** The profiles' directory. */
  readonly dir: string;
  readonly profile: Profile;
  /**
   * The address that the host sees, for a door with `bind_source`: asked for each try, as
   * whoever leaves one network for another meanwhile comes from another.
   */
  readonly source?: () => Promise<Address | undefined>;
  /** What to send; both in turns without it, where the door takes packets. */
  readonly form?: Form;
  /** Whether other addresses of the host are knocked at with the same profile. */
  readonly shared?: boolean;
  /** Is told the seconds that are left, every second; 0 when the wait is over. */
  readonly onWait?: (seconds: number) => void;
}

type Clock = Pick<ClientSystem, "now" | "sleep">;

/** Whether the next sequence is for a time that is yet to come. */
export function hasToWait(
  system: Pick<ClientSystem, "now">,
  { dir, profile }: Pick<OneTimeOptions, "dir" | "profile">,
): boolean {
  return nextCounter(dir, profile, system.now() / 1000).wait > 0;
}

/** What to ask oneself first where a knock left and its port stays closed. */
export function doubtsOf(
  { mode, bindSource }: Pick<ClientOtpSettings, "mode" | "bindSource">,
): string {
  return (mode === "totp" ? 'is "date -u" here what it is there? ' : "") +
    (bindSource ? "does the server see another address, a router's (--source-ip)? " : "");
}

/** What the next counter sends, waiting until its time has come. It is never given again. */
export async function takeSequence(
  system: Clock,
  options: OneTimeOptions,
): Promise<readonly Shot[]> {
  const form = formOf(options.profile.enrolment, 0, options.form);
  const { counter, source } = await takeCounter(system, options, 0);
  return shotsOf(options.profile.enrolment, form, counter, source);
}

/**
 * What one knock sends, try by try. The first try's counter waits for its time. The next
 * may be as far ahead of the clock as the host accepts, so that what was lost is made up
 * for at once. To a host whose clock is behind ours that is too far: the counter after
 * these waits for its own time, and meanwhile each is sent once more when its time comes.
 */
export class OneTimeTries {
  readonly #system: Clock;
  readonly #options: OneTimeOptions;
  readonly #early: { readonly counter: number; readonly form: Form }[] = [];
  #ahead: number;
  #tries = 0;

  constructor(system: Clock, options: OneTimeOptions) {
    this.#system = system;
    this.#options = options;
    this.#ahead = options.shared ? this.#window : 0;
  }

  /** What to send next, when its time has come. */
  async next(): Promise<Sending> {
    if (this.#next(this.#ahead).wait > 0) this.#ahead = 0;
    if (this.#ahead === 0) {
      const again = await this.#again();
      if (again !== undefined) return again;
    }
    const { profile, form: asked } = this.#options;
    const form = formOf(profile.enrolment, this.#tries, asked);
    const taken = await takeCounter(this.#system, this.#options, this.#ahead);
    const { counter, source } = taken;
    this.#tries++;
    if (counter > this.#step) this.#early.push({ counter, form });
    this.#ahead = this.#window;
    const onUnsent = () => this.#unspend(counter);
    return { ...this.#formsOf(form, counter, source), onUnsent };
  }

  /** Whoever tries without a network, and tries again, would lose step after step. */
  #unspend(counter: number): void {
    const { dir, profile } = this.#options;
    orUndefined(() => unspendCounter(dir, profile, counter));
  }

  /** What was sent ahead of its time, when that comes. */
  async #again(): Promise<Sending | undefined> {
    const early = this.#early.shift();
    if (early === undefined) return undefined;
    const { counter, form } = early;
    const wait = counter * this.#period - this.#system.now() / 1000;
    // A machine that slept meanwhile is too late with it.
    if (wait <= -(this.#window + 1) * this.#period) return await this.#again();
    const { source, onWait } = this.#options;
    await countDown(this.#system, wait, onWait);
    return { ...this.#formsOf(form, counter, await source?.()), again: true };
  }

  /** A firewall here may forbid the packet alone; who asked for it gets nothing else. */
  #formsOf(form: Form, counter: number, source: Address | undefined): Sending {
    const { profile: { enrolment }, form: asked } = this.#options;
    const shots = (form: Form) => shotsOf(enrolment, form, counter, source);
    return form === "packet" && asked === undefined
      ? { sequence: shots("packet"), otherwise: shots("sequence") }
      : { sequence: shots(form) };
  }

  #next(ahead: number) {
    const { dir, profile } = this.#options;
    return nextCounter(dir, profile, this.#system.now() / 1000, ahead);
  }

  get #window(): number {
    return windowOf(this.#options.profile.enrolment.otp);
  }

  get #period(): number {
    return this.#options.profile.enrolment.otp.period;
  }

  get #step(): number {
    const { mode, period } = this.#options.profile.enrolment.otp;
    return mode === "hotp" ? Infinity : this.#system.now() / 1000 / period;
  }
}

/** A counter that is spent, and the address that it is to be used from. */
interface Taken {
  readonly counter: number;
  readonly source: Address | undefined;
}

async function takeCounter(
  system: Clock,
  { dir, profile, source: sourceNow, onWait }: OneTimeOptions,
  ahead: number,
): Promise<Taken> {
  const { otp } = profile.enrolment;
  const window = windowOf(otp);
  const longest = Math.max(LONGEST_WAIT, window + 1) * otp.period;
  for (let reach = ahead;;) {
    const { counter, wait } = nextCounter(dir, profile, system.now() / 1000, reach);
    if (counter > MAX_COUNTER) {
      throw new Failure(
        `the profile ${JSON.stringify(profile.name)} has no counter left`,
        "ask for a new enrolment",
      );
    }
    if (wait > longest) throw clockSetBack(profile, wait);
    // Another process may take the step meanwhile, so what is next is asked again.
    if (wait > otp.period) {
      // An earlier knock went ahead of the clock: nobody waits for more than a step.
      await countDown(system, wait - window * otp.period, onWait);
      reach = window;
    } else if (wait > 0) await countDown(system, wait, onWait);
    else {
      // After the wait, in which this machine may have come to another network.
      const source = await sourceNow?.();
      if (spendCounter(dir, profile, counter)) return { counter, source };
    }
  }
}

/** Goes by the wall clock, which a machine that sleeps meanwhile finds further on. */
async function countDown(
  system: Clock,
  wait: number,
  onWait?: (seconds: number) => void,
): Promise<void> {
  const most = Math.ceil(wait * 1000);
  const end = system.now() + most;
  // More than at first means that the clock was set back.
  for (let left = most; left > 0 && left <= most; left = end - system.now()) {
    onWait?.(Math.ceil(left / 1000));
    await system.sleep(left % 1000 || 1000);
  }
  if (most > 0) onWait?.(0);
}

function clockSetBack({ name }: Profile, wait: number): Failure {
  return new Failure(
    `the last knock with this profile is ${Math.round(wait)} s ahead of the clock`,
    "set this machine's clock; if it is right now, let the server's administrator run " +
      `"knockd resync", and run: knockd profile resync ${JSON.stringify(name)}`,
  );
}
