/**
 * The running number of a source's hits. Two are compared by half of what 21 bits can count,
 * so that of the packets of a transfer only the first thousands have numbers of their own:
 * a million of them would make what came after a knock look as if it had come before.
 *
 *     bits  0-20  the number of the newest hit
 *     bits 21-31  how many hits on other ports came last, at most
 */

/** The bits of a number. */
export const NUMBER_BITS = 0x1fffff;
const OTHERS_SHIFT = 21;
/** More of them in a row have the number of the last one. */
const MOST_NUMBERED = 2047;
/**
 * What more hits came after than this is forgotten, before it looks as if it had come later.
 * It is no hit on an own port, and about none: the newest 128 have no more numbers than
 * 128 times 2,048.
 */
export const OLDEST = 2 ** 19;

/** The same after a hit on an own port, or on another. */
export function counted(word: number, own: boolean): number {
  if (own) return (word + 1) & NUMBER_BITS;
  const others = word >>> OTHERS_SHIFT;
  if (others === MOST_NUMBERED) return word;
  return (others + 1) << OTHERS_SHIFT | (word + 1) & NUMBER_BITS;
}
