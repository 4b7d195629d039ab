/**
 * Which counters a client has used. A counter is spent, on the disk, before the knock is
 * sent, so that none is ever sent twice: not after a crash, not by two processes at once.
 * Of one that could not leave this machine nothing was sent: it is given back.
 */

import { parse, stringify } from "smol-toml";
import { Failure } from "../core/failure.ts";
import { counterAt, MAX_COUNTER } from "../core/one_time/derive.ts";
import { type ClientOtpSettings, USUAL_WINDOW } from "../core/one_time/enrolment.ts";
import {
  readPrivate,
  whileDirectoryLocked,
  writeForOwner,
} from "../files/private_file.ts";
import { realPath } from "../files/look.ts";
import type { Profile } from "./profile_text.ts";
import { orUndefined } from "../core/or_undefined.ts";

/** A counter to knock with, and the seconds until the host accepts it. */
export interface NextCounter {
  readonly counter: number;
  readonly wait: number;
}

/**
 * The lowest counter that this client has not used yet and that is still accepted.
 *
 * @param now Unix seconds
 * @param ahead steps that a counter may be ahead of the clock without being waited for
 */
export function nextCounter(
  dir: string,
  profile: Profile,
  now: number,
  ahead: number = 0,
): NextCounter {
  const { otp, counter } = profile.enrolment;
  const unused = (readCounters(dir).get(profile.name) ?? -1) + 1;
  if (otp.mode === "hotp") return { counter: Math.max(counter, unused), wait: 0 };
  const step = counterAt(now, otp.period);
  const next = Math.max(step, unused);
  const own = Math.max(0, next * otp.period - now);
  return { counter: next, wait: next - step <= ahead ? 0 : own };
}

/**
 * Forgets counters of the future: this machine's clock was ahead when it used them.
 *
 * @returns whether there were any
 */
export function forgetFuture(dir: string, profile: Profile, now: number): boolean {
  const { otp } = profile.enrolment;
  if (otp.mode === "hotp") {
    throw new Failure(
      `the profile ${JSON.stringify(profile.name)} goes by a counter, not by the clock`,
      "where its door knows the counter no more, ask for a new enrolment",
    );
  }
  return whileDirectoryLocked(dir, () => {
    const counters = readCounters(dir);
    const present = counterAt(now, otp.period) + windowOf(otp);
    if ((counters.get(profile.name) ?? -1) <= present) return false;
    writeCounters(dir, counters.set(profile.name, present));
    return true;
  });
}

/**
 * Makes a counter ours, durably. False if it, or a higher one, has been used already.
 */
export function spendCounter(dir: string, profile: Profile, counter: number): boolean {
  return whileDirectoryLocked(dir, () => {
    const counters = readCounters(dir);
    if (counter <= (counters.get(profile.name) ?? -1)) return false;
    writeCounters(dir, counters.set(profile.name, counter));
    return true;
  });
}

/** Makes a counter good again that nobody has seen, if no other was used meanwhile. */
export function unspendCounter(dir: string, profile: Profile, counter: number): void {
  whileDirectoryLocked(dir, () => {
    const counters = readCounters(dir);
    if (counters.get(profile.name) !== counter) return;
    if (counter === 0) counters.delete(profile.name);
    else counters.set(profile.name, counter - 1);
    writeCounters(dir, counters);
  });
}

/** Forgets a profile's counters; call it while the directory is locked. */
export function forgetCounters(dir: string, name: string): void {
  const counters = readCounters(dir);
  if (counters.delete(name)) writeCounters(dir, counters);
}

/** Steps ahead of the clock that the host accepts. */
export function windowOf({ mode, window = USUAL_WINDOW }: ClientOtpSettings): number {
  return mode === "totp" ? window : 0;
}

function readCounters(dir: string): Map<string, number> {
  const path = counterPath(dir);
  const text = readPrivate(path);
  if (text === undefined) return new Map();
  // Without counters it has a line's end: an empty one has lost them.
  const counters = text === "" ? undefined : parseCounters(text);
  if (counters !== undefined) return counters;
  throw new Failure(
    `${path} is damaged: which one-time sequences were used is not known`,
    "remove it; profiles that count (hotp) then need a new enrolment",
  );
}

function writeCounters(dir: string, counters: Map<string, number>): void {
  writeForOwner(counterPath(dir), stringify(Object.fromEntries(counters)));
}

function counterPath(dir: string): string {
  const path = `${dir}/counters.toml`;
  return realPath(path) ?? path;
}

function parseCounters(text: string): Map<string, number> | undefined {
  const entries = orUndefined(() => Object.entries(parse(text)));
  return entries?.every(isCounter) ? new Map(entries) : undefined;
}

function isCounter(entry: [string, unknown]): entry is [string, number] {
  const counter = entry[1];
  return typeof counter === "number" && Number.isInteger(counter) && counter >= 0 &&
    counter <= MAX_COUNTER;
}
