/**
 * How hard a door is to guess, in bits: the logarithm of the knocks that a stranger has to
 * try, each with as many packets as the door tolerates, to open it once.
 */

import type { OtpSettings, Sequence } from "../../core/door.ts";

/** A rotating door with fewer bits is refused. */
export const MIN_BITS = 40;
/** A rotating door with fewer bits is warned of. */
export const FAIR_BITS = 60;

const PORTS = 65535;

/** The bits of a rotating door (docs/sequence-v1.md, Strength); 0 if a scan opens it. */
export function otpBits(otp: OtpSettings, clients: number, tolerance: number): number {
  const { length, lo, hi, protocol, mode, window, lookAhead } = otp;
  const ports = hi - lo + 1;
  const counters = mode === "totp" ? 2 * window + 1 : lookAhead + 1;
  return remaining(
    // The ports are distinct and may come in any order: a choice of `length` of them.
    log2Choose(ports, length) + (protocol === "mixed" ? length : 0),
    log2Attempt(length, tolerance),
    Math.log2(counters * Math.max(1, clients)),
  );
}

/**
 * The bits of a static sequence, until somebody on the path has seen it: to them it is a
 * password in clear. 0 if scans open it.
 */
export function staticBits(sequence: Sequence, tolerance: number): number {
  return remaining(
    sequence.length * Math.log2(PORTS),
    log2Attempt(sequence.length, tolerance),
  );
}

/** How many sequences one knock tries that uses up the door's tolerance. */
function log2Attempt(length: number, tolerance: number): number {
  return tolerance < 0 ? Infinity : log2Choose(length + tolerance, length);
}

function remaining(bits: number, ...costs: number[]): number {
  return Math.max(0, costs.reduce((rest, cost) => rest - cost, bits));
}

function log2Choose(n: number, k: number): number {
  let bits = 0;
  for (let i = 0; i < k; i++) bits += Math.log2((n - i) / (k - i));
  return bits;
}
