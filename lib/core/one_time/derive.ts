/**
 * One-time sequences: a shared secret and a counter become a list of ports. The format,
 * with test vectors, is docs/sequence-v1.md.
 */

import type { Address } from "../address.ts";
import type { Knock, OtpSettings, Sequence } from "../door.ts";
import { hmacSha256, hotpCodes } from "./hotp.ts";
import { Secret } from "../secret.ts";

/** What a derivation needs to know of a rotating door. */
export type SequenceShape = Pick<OtpSettings, "length" | "lo" | "hi" | "protocol">;

/** The highest counter. */
export const MAX_COUNTER = 2 ** 48 - 1;
/** Seconds in a time step at most: a day. */
export const MAX_PERIOD = 86_400;
/** Ports in a one-time sequence at least. */
export const MIN_OTP_LENGTH = 3;
/** Ports in a one-time sequence at most. */
export const MAX_OTP_LENGTH = 32;

const MAX_CODES = 256;
const DOMAIN = "knock sequence v1";

/** What a door may be called in a derivation; and what is named in a fleet. */
export const LABEL: RegExp = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * What keeps a door from having this shape, in words for a user; else `undefined`. The
 * derivation itself is defined for ranges smaller than a door may have.
 */
export function shapeProblem(shape: SequenceShape): string | undefined {
  const { length, lo, hi } = shape;
  if (!Number.isInteger(length) || length < MIN_OTP_LENGTH || length > MAX_OTP_LENGTH) {
    return `length ${length} is not ${MIN_OTP_LENGTH} to ${MAX_OTP_LENGTH}`;
  }
  const valid = Number.isInteger(lo) && Number.isInteger(hi) && lo >= 1 && hi <= 65535;
  if (!valid) return `ports ${lo}-${hi} are not within 1 to 65535`;
  const ports = Math.max(0, hi - lo + 1);
  if (ports < 4 * length) {
    return `${ports} ports are too few for ${length} knocks; at least ${4 * length}`;
  }
  return undefined;
}

/** The time step (RFC 6238) at a time in seconds since the Unix epoch. */
export function counterAt(unixSeconds: number, period: number): number {
  return Math.floor(unixSeconds / period);
}

/**
 * What the key that codes come from is the MAC of: of the plain one without a source's
 * bytes, else of the one that is bound to this source.
 */
export function derivationMessage(
  label: string,
  source: Uint8Array = new Uint8Array(0),
): Uint8Array<ArrayBuffer> {
  if (!LABEL.test(label)) throw new RangeError(`${JSON.stringify(label)} is no label`);
  return Uint8Array.from([
    ...new TextEncoder().encode(`${DOMAIN}\0${label}\0`),
    ...source,
  ]);
}

/** The key that codes come from. It is as secret as the secret itself. */
export function derivationKey(secret: Secret, label: string, source?: Address): Secret {
  return new Secret(hmacSha256(secret, derivationMessage(label, source?.bytes)));
}

/**
 * The sequence of a counter. `bound` is the key that is bound to a source, for doors that
 * ask for one; the first port is the plain key's all the same.
 */
export function deriveSequence(
  shape: SequenceShape,
  counter: number,
  plain: Secret,
  bound: Secret = plain,
): Sequence {
  const steps = sequenceSteps(shape, counter);
  const first = hotpCodes(plain, counter);
  const later = bound === plain ? first : hotpCodes(bound, counter);
  let step = steps.next();
  while (!step.done) step = steps.next(step.value === 0 ? first(0) : later(step.value));
  return step.value;
}

/** The first knock of a counter's sequence, which does not depend on a source. */
export function deriveFirst(shape: SequenceShape, counter: number, plain: Secret): Knock {
  checkCounter(counter);
  return knockOf(shape, hotpCodes(plain, counter)(0));
}

/**
 * A counter's sequence, step by step: asks for code after code by its index, takes it, and
 * ends with the sequence. Code 0 is the plain key's, the others may be a bound key's. Who
 * computes them, and how, is not its business: a browser's keys make one wait.
 */
export function* sequenceSteps(
  shape: SequenceShape,
  counter: number,
): Generator<number, Sequence, number> {
  checkCounter(counter);
  const sequence: Knock[] = [];
  for (let i = 0; sequence.length < shape.length; i++) {
    if (i === MAX_CODES) {
      throw new RangeError(`${MAX_CODES} codes gave fewer than ${shape.length} ports`);
    }
    const knock = knockOf(shape, yield i);
    if (sequence.every(({ port }) => port !== knock.port)) sequence.push(knock);
  }
  return sequence;
}

/** Throws where a number can't be a counter. */
export function checkCounter(counter: number): void {
  if (!Number.isInteger(counter) || counter < 0 || counter > MAX_COUNTER) {
    throw new RangeError(`counter ${counter} is not 0 to ${MAX_COUNTER}`);
  }
}

function knockOf({ lo, hi, protocol }: SequenceShape, code: number): Knock {
  const ports = hi - lo + 1;
  if (protocol !== "mixed") return { port: lo + code % ports, protocol };
  const value = code % (2 * ports);
  return { port: lo + Math.floor(value / 2), protocol: value % 2 === 1 ? "udp" : "tcp" };
}
