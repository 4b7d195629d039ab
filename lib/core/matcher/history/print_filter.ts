/**
 * A filter of prints: says of most that were never noted that they were not, and of none
 * that it was not when it was (Bloom, Space/time trade-offs in hash coding with allowable
 * errors, 1970). Three bits stand for each print, which has 30, the upper ones as good as
 * the lower. They are in one half of a cache line, so that no more than that is fetched
 * (Putze, Sanders and Singler, Cache-, hash- and space-efficient Bloom filters, 2009).
 */

/** Words of a half of a cache line, at which a filter begins. */
const HALF = 8;

/** Notes a print in the filter that is so many words long, a power of two, from `at` on. */
export function notePrint(
  words: Int32Array,
  at: number,
  length: number,
  print: number,
): void {
  const half = at + (print >>> 24 & length / HALF - 1) * HALF;
  words[half + (print >>> 5 & 7)]! |= 1 << print;
  words[half + (print >>> 13 & 7)]! |= 1 << (print >>> 8);
  words[half + (print >>> 21 & 7)]! |= 1 << (print >>> 16);
}

/** Whether a print may have been noted in that filter. */
export function mayHavePrint(
  words: Int32Array,
  at: number,
  length: number,
  print: number,
): boolean {
  const half = at + (print >>> 24 & length / HALF - 1) * HALF;
  return (words[half + (print >>> 5 & 7)]! >>> print & 1) === 1 &&
    (words[half + (print >>> 13 & 7)]! >>> (print >>> 8) & 1) === 1 &&
    (words[half + (print >>> 21 & 7)]! >>> (print >>> 16) & 1) === 1;
}
