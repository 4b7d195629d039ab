/** When to try again what failed. */

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 600_000;

/** Milliseconds to wait after the n-th failure, n from 1: a second, then twice as long. */
export function retryDelay(failures: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
}
