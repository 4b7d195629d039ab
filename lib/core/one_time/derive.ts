/**
 * One-time sequences: a shared secret and a counter become a list of ports. The format,
 * with test vectors, is docs/sequence-v1.md.
 *
 * @module
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

/** Whether a door may be called this in a derivation. */
export function isLabel(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,64}$/.test(text);
}

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
 * The key that codes come from: the plain one without a source, else the one that is bound
 * to this source. It is as secret as the secret itself.
 */
export function derivationKey(secret: Secret, label: string, source?: Address): Secret {
  if (!isLabel(label)) throw new RangeError(`${JSON.stringify(label)} is no label`);
  const text = new TextEncoder().encode(`${DOMAIN}\0${label}\0`);
  const address = source?.bytes ?? new Uint8Array(0);
  const message = new Uint8Array(text.length + address.length);
  message.set(text);
  message.set(address, text.length);
  return new Secret(hmacSha256(secret, message));
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
  const sequence = [deriveFirst(shape, counter, plain)];
  const code = hotpCodes(bound, counter);
  for (let i = 1; sequence.length < shape.length; i++) {
    if (i === MAX_CODES) {
      throw new RangeError(`${MAX_CODES} codes gave fewer than ${shape.length} ports`);
    }
    const knock = knockOf(shape, code(i));
    if (sequence.every(({ port }) => port !== knock.port)) sequence.push(knock);
  }
  return sequence;
}

/** The first knock of a counter's sequence, which does not depend on a source. */
export function deriveFirst(shape: SequenceShape, counter: number, plain: Secret): Knock {
  if (!Number.isInteger(counter) || counter < 0 || counter > MAX_COUNTER) {
    throw new RangeError(`counter ${counter} is not 0 to ${MAX_COUNTER}`);
  }
  return knockOf(shape, hotpCodes(plain, counter)(0));
}

function knockOf({ lo, hi, protocol }: SequenceShape, code: number): Knock {
  const ports = hi - lo + 1;
  if (protocol !== "mixed") return { port: lo + code % ports, protocol };
  const value = code % (2 * ports);
  return { port: lo + Math.floor(value / 2), protocol: value % 2 === 1 ? "udp" : "tcp" };
}
