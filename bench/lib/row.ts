/** A figure: what was measured of us and of knockd 0.8, and what it should be. */

import { median } from "./statistics.ts";

/** How long and how often to measure. */
export interface Effort {
  /** Only to see that all of it works. */
  readonly quick: boolean;
  readonly repetitions: number;
}

/** What every file of bench/ exports as `measure`. */
export type Measure = (effort: Effort) => Promise<Row[]>;

/** A figure, one value for each repetition. */
export interface Row {
  readonly figure: string;
  readonly unit: string;
  readonly ours: readonly number[];
  /** Of knockd 0.8, where it has such a figure. */
  readonly rival?: readonly number[];
  /** What the medians should be; without it the figure is only reported. */
  readonly bar?: Bar;
}

/** What is to be reached. */
export interface Bar {
  readonly text: string;
  readonly reached: (ours: number, rival: number) => boolean;
}

/** The median is at most this. */
export function atMost(limit: number, unit: string): Bar {
  return {
    text: `≤ ${Number(limit.toPrecision(3))} ${unit}`,
    reached: (ours) => ours <= limit,
  };
}

/** The median is at least this. */
export function atLeast(limit: number, text = String(limit)): Bar {
  return { text, reached: (ours) => ours >= limit };
}

/** The median is at most this part of the rival's. */
export function partOfRival(part: number, text: string): Bar {
  return { text, reached: (ours, rival) => ours <= part * rival };
}

/** Both. */
export function both(one: Bar, other: Bar): Bar {
  return {
    text: `${one.text}, ${other.text}`,
    reached: (ours, rival) => one.reached(ours, rival) && other.reached(ours, rival),
  };
}

/** A row in one value each. */
export interface Summary {
  readonly figure: string;
  readonly unit: string;
  readonly ours: number;
  readonly rival?: number;
  /** How many times the rival's ours is. */
  readonly ratio?: number;
  readonly bar?: string;
  readonly reached?: boolean;
}

/** The medians of a row, and whether they reach its bar. */
export function summary({ figure, unit, ours, rival, bar }: Row): Summary {
  const mine = median(ours);
  const other = rival === undefined ? NaN : median(rival);
  return {
    figure,
    unit,
    ours: mine,
    ...(rival === undefined ? {} : { rival: other, ratio: mine / other }),
    ...(bar && { bar: bar.text, reached: bar.reached(mine, other) }),
  };
}
