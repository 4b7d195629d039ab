/**
 * What `knockd enroll` hands to a client, for programs that knock themselves.
 *
 * ```ts
 * import { readEnrolment } from "knockd/enrolment";
 *
 * const enrolment = readEnrolment("otpauth://totp/knockd:alice%40gate.example.org?…");
 * console.log(`${enrolment.door} at ${enrolment.host}`);
 * ```
 *
 * @module
 */
import { counterAt } from "../core/one_time/derive.ts";
import { parseUri } from "../core/one_time/otpauth_uri.ts";

/** Seconds since 1970 in the year 5138; as milliseconds they are in 1973. */
const END_OF_TIME = 1e11;

/** How a door's knocks are made of its secret. */
export interface DoorSettings {
  /** Whether the clock moves the counter (`totp`), or each knock does (`hotp`). */
  readonly mode: "totp" | "hotp";
  /** Seconds in a time step, 1 to 86,400; 30 where each knock moves the counter. */
  readonly period: number;
  /** Time steps that the host takes to either side of its own, 0 to 10; 1 without it. */
  readonly window?: number;
  /** Ports in a sequence, 3 to 32. */
  readonly length: number;
  /** Lowest port of a sequence, 1 to 65535. */
  readonly lo: number;
  /** Highest port of a sequence, included. */
  readonly hi: number;
  /** Protocol of a sequence's ports; `mixed` gives each its own. */
  readonly protocol: "tcp" | "udp" | "mixed";
  /** Whether a knock is made for one source address, as the host sees it. */
  readonly bindSource: boolean;
  /** The UDP port that takes single packets, 1 to 65535; without it none does. */
  readonly packet?: number;
}

/** Everything that it takes to knock on a door. */
export interface EnrolledDoor {
  /** The host name or address to knock on. */
  readonly host: string;
  /** The door's name there. */
  readonly door: string;
  /** The door's name in what is derived: 1 to 64 of A-Z a-z 0-9 . _ and -. */
  readonly label: string;
  /** The client's name there. */
  readonly client: string;
  /** How knocks are made. */
  readonly otp: DoorSettings;
  /** The first counter to use, 0 to 2^48 - 1, where each knock moves it; else 0. */
  readonly counter: number;
  /** 16 to 64 bytes, shared with the host; no log and no JSON shows them by accident. */
  readonly secret: { reveal(): Uint8Array };
}

/**
 * Reads the URI that `knockd enroll` prints, white space around it included, or the link to
 * a page that it prints with `--page`.
 *
 * @throws SyntaxError saying what is wrong. It shows no piece of the text, which may be a
 * piece of the secret.
 */
export function readEnrolment(uri: string): EnrolledDoor {
  const found = parseUri(uri);
  if (typeof found === "string") throw new SyntaxError(found);
  return found;
}

/**
 * The counter of a knock: the time step, or the enrolment's first counter where each knock
 * moves it. The host takes a counter once: a program that knocks again within a step waits
 * for the next one, and one whose door counts knocks keeps the count itself.
 *
 * @param unixSeconds seconds since 1970
 * @throws RangeError for a time that is none, as one in milliseconds
 */
export function counterOf(enrolment: EnrolledDoor, unixSeconds: number): number {
  const { otp, counter } = enrolment;
  if (otp.mode === "hotp") return counter;
  // Its ports would be those of a year to come, and open nothing.
  if (!(unixSeconds >= 0 && unixSeconds < END_OF_TIME)) {
    throw new RangeError(`${unixSeconds} is no time in seconds since 1970`);
  }
  return counterAt(unixSeconds, otp.period);
}
