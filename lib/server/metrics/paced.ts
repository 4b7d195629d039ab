/** What anybody may ask for, made so seldom that knocks go before it. */

import type { MetricsFormat } from "./exposition.ts";

/** A rest is so many times what the text before it took, */
const RESTS = 4;
/** but no longer than this. */
const LONGEST_REST_MS = 1000;

/** How time goes by, in milliseconds. */
interface Pace {
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

const REAL: Pace = {
  now: () => performance.now(),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/**
 * One text after the other, with a rest between them: whoever asks meanwhile waits, and
 * all who wait for a format are given the same. Thus no crowd takes more than a fifth of
 * the daemon's time.
 */
export function paced(
  make: (format: MetricsFormat) => Promise<string>,
  { now, wait }: Pace = REAL,
): (format: MetricsFormat) => Promise<string> {
  const waiting = new Map<MetricsFormat, Promise<string>>();
  let last: Promise<unknown> = Promise.resolve();
  let restedAt = -Infinity;
  const next = async (format: MetricsFormat, before: Promise<unknown>) => {
    await before.catch(() => {});
    const rest = restedAt - now();
    if (rest > 0) await wait(rest);
    // Who asks from here on is to see what has changed since.
    waiting.delete(format);
    const began = now();
    try {
      return await make(format);
    } finally {
      restedAt = now() + Math.min(RESTS * (now() - began), LONGEST_REST_MS);
    }
  };
  return (format) => {
    const same = waiting.get(format);
    if (same) return same;
    const text = next(format, last);
    waiting.set(format, text);
    last = text;
    return text;
  };
}
