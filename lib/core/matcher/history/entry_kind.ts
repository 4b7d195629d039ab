/**
 * What an entry is, in 32 bits: a packet, or that a sequence was complete and used up the
 * packets before.
 *
 *     bits  0-20   running number of the source's hits
 *     bit   21     a packet on an own port of a live sequence; a use of what is old enough
 *     bit   22     a packet that all its sequences have used up; a use that may be repeated
 *     bits 23-29   seconds that it waited to be read, rounded up; 127 for more
 *     bit   30     not a packet, but a use
 *     bit   31     nothing that is judged: a repeat, or an entry that is gone
 */

import { NUMBER_BITS } from "./numbering.ts";

const SIGN = 11;
const OWN = 1 << 21;
const SPENT = 1 << 22;
const WAIT_SHIFT = 23;
const WAIT = 0x7f;
const USE = 1 << 30;
const PAST = 1 << 31;

/** That of an entry that is gone. */
export const GONE: number = PAST;

/** Longer waits are not told apart, seconds. */
export const LONGEST_WAIT: number = WAIT;

/** That of a packet that waited so many milliseconds. */
export function packetKind(number: number, own: boolean, waited: number): number {
  const seconds = waited <= 0 ? 0 : Math.min(WAIT, Math.ceil(waited / 1000));
  return (number & NUMBER_BITS) | (own ? OWN : 0) | (seconds << WAIT_SHIFT);
}

/**
 * That of a use: of all hits up to a number, or only of those that are old enough; whether
 * the sequence may come again and nothing be said of it.
 */
export function useKind(number: number, partial: boolean, repeatable: boolean): number {
  return (number & NUMBER_BITS) | USE | (partial ? OWN : 0) | (repeatable ? SPENT : 0);
}

/** Whether a use is of what is old enough only. */
export function isPartial(kind: number): boolean {
  return (kind & OWN) !== 0;
}

/** Whether a used sequence may come again and nothing be said of it. */
export function isRepeatable(kind: number): boolean {
  return (kind & SPENT) !== 0;
}

/** Whether it is a use. */
export function isUse(kind: number): boolean {
  return (kind & USE) !== 0;
}

/** Whether it is a packet on an own port. */
export function isOwn(kind: number): boolean {
  return (kind & OWN) !== 0;
}

/** The kind of the same packet, on an own port now. */
export function madeOwn(kind: number): number {
  return kind | OWN;
}

/** Whether all sequences of a packet's port have used it up. */
export function isSpent(kind: number): boolean {
  return (kind & SPENT) !== 0;
}

/** The kind of the same packet, used up by all sequences of its port. */
export function madeSpent(kind: number): number {
  return kind | SPENT;
}

/** Whether it is a packet on an own port that nothing has used up. */
export function isFresh(kind: number): boolean {
  return (kind & (PAST | USE | SPENT | OWN)) === OWN;
}

/** Whether it is of nothing that is judged. */
export function isPast(kind: number): boolean {
  return kind < 0;
}

/** Whether it is a packet on an own port by which copies are known, and no more. */
export function isRepeat(kind: number): boolean {
  return kind < 0 && isOwn(kind);
}

/** The kind of the same packet, by which copies are known, and no more. */
export function madeRepeat(kind: number): number {
  return kind | PAST;
}

/** Seconds that a packet waited to be read, rounded up. */
export function secondsWaited(kind: number): number {
  return (kind >>> WAIT_SHIFT) & WAIT;
}

/** Hits of the source from one kind's to another's, below 0 if that came earlier. */
export function hitsBetween(from: number, to: number): number {
  return ((to - from) << SIGN) >> SIGN;
}
