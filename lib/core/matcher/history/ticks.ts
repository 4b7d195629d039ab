/**
 * Times in 32 bits: ticks of a sixteenth of a millisecond since the epoch, modulo 2³².
 * Two of them must be less than a day and a half apart; hits are kept for a day at most.
 */

const PER_MS = 16;

/** Ticks at a time in milliseconds since the epoch, or in a number of milliseconds. */
export function toTicks(milliseconds: number): number {
  return (milliseconds * PER_MS) | 0;
}

/** Ticks from one time to another, below 0 if that is earlier. */
export function ticksBetween(from: number, to: number): number {
  return (to - from) | 0;
}

/** Milliseconds in a number of ticks. */
export function toMilliseconds(ticks: number): number {
  return ticks / PER_MS;
}
