/** Of many measurements, the one that stands for all. */

/** The middle one. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The smallest one that so many percent do not exceed; NaN if there is none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(percent / 100 * sorted.length) - 1)] ?? NaN;
}
