/**
 * A filter of prints: says of most that were never noted that they were not, and of none
 * that it was not when it was (Bloom, Space/time trade-offs in hash coding with allowable
 * errors, 1970). Two bits in a power of two of words stand for each print, which has 30
 * bits, the upper ones as good as the lower.
 */

/** Notes a print in the filter that is 2 to the power of `size` words long, from `at` on. */
export function notePrint(
  words: Int32Array,
  at: number,
  size: number,
  print: number,
): void {
  const last = (1 << size) - 1;
  words[at + (print >>> 5 & last)]! |= 1 << print;
  words[at + (print >>> 20 & last)]! |= 1 << (print >>> 15);
}

/** Whether a print may have been noted in that filter. */
export function mayHavePrint(
  words: Int32Array,
  at: number,
  size: number,
  print: number,
): boolean {
  const last = (1 << size) - 1;
  return (words[at + (print >>> 5 & last)]! >>> print & 1) === 1 &&
    (words[at + (print >>> 20 & last)]! >>> (print >>> 15) & 1) === 1;
}
