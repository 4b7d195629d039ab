/** A figure: what was measured of everyone, and what it should be. */

import { median } from "./statistics.ts";

/** How long and how often to measure. */
export interface Effort {
  /** Only to see that all of it works. */
  readonly quick: boolean;
  readonly repetitions: number;
}

/** What every file of bench/ exports as `measure`. */
export type Measure = (effort: Effort) => Promise<Row[]>;

/** Who is measured: us, the checkout of `--against`, knockd 0.8, the least it can be. */
export type Side = "ours" | "before" | "rival" | "floor";

/** Something of everyone, one value for each repetition. */
export type Sides<T> =
  & { readonly ours: readonly T[] }
  & { readonly [side in Side]?: readonly T[] };

/** A figure, one value for each repetition. */
export interface Row extends Sides<number> {
  readonly figure: string;
  readonly unit: string;
  /** What the medians should be; without it the figure is only reported. */
  readonly bar?: Bar;
}

/** What is to be reached. */
export interface Bar {
  readonly text: string;
  /** What ours is divided by: of the row's medians, or another figure of the same run. */
  readonly base?: (medians: Medians) => number;
  /** Of ours, divided by the base if there is one. */
  readonly reached: (value: number) => boolean;
}

/** The middle ones of a row; NaN where there is none. */
export type Medians = Readonly<Record<Side, number>>;

/** At most so many times another side's. */
export function times(most: number, side: "rival" | "floor"): Bar {
  const text = `≤ ${most} × ${side === "rival" ? "knockd 0.8" : "floor"}`;
  return { text, base: (medians) => medians[side], reached: (ratio) => ratio <= most };
}

/** At most so many times another figure of the same run. */
export function timesOf(most: number, base: number, name: string): Bar {
  return {
    text: `≤ ${most} × ${name}`,
    base: () => base,
    reached: (ratio) => ratio <= most,
  };
}

/** At most this: a count that no machine changes. */
export function atMost(most: number, unit: string): Bar {
  return { text: `≤ ${most} ${unit}`, reached: (value) => value <= most };
}

/** At least this: a count that no machine changes. */
export function atLeast(least: number): Bar {
  return { text: String(least), reached: (value) => value >= least };
}

/** The row of a figure that is part of what was measured. */
export function rowOf<T>(
  sides: Sides<T>,
  figure: string,
  unit: string,
  of: (one: T) => number,
  bar?: Bar,
): Row {
  const values = Object.entries(sides).map(([side, all]) => [side, all.map(of)]);
  return { figure, unit, ...Object.fromEntries(values), ...(bar && { bar }) };
}

/**
 * Measures everyone in turns, again and again: machines have slow minutes, and who is
 * compared must share them.
 */
export async function inTurns<C extends { readonly side: Side }, T>(
  repetitions: number,
  everyone: readonly C[],
  one: (who: C) => Promise<T>,
): Promise<Sides<T>> {
  const taken: Record<string, T[]> = { ours: [] };
  for (let i = 0; i < repetitions; i++) {
    for (const who of everyone) (taken[who.side] ??= []).push(await one(who));
  }
  return taken as unknown as Sides<T>;
}

/** Several of them as one. */
export function joined<T>(parts: readonly Sides<T>[]): Sides<T> {
  const sides = Object.keys(parts[0]!) as Side[];
  const all = sides.map((side) => [side, parts.flatMap((part) => part[side] ?? [])]);
  return Object.fromEntries(all);
}

/** A row in one value each. */
export interface Summary {
  readonly figure: string;
  readonly unit: string;
  readonly medians: Medians;
  /** How many times its bar's base ours is; the rival's, where there is no bar. */
  readonly ratio: number;
  readonly bar?: string;
  readonly reached?: boolean;
}

/** The medians of a row, and whether they reach its bar. */
export function summary(row: Row): Summary {
  const { figure, unit, bar } = row;
  const of = (side: Side) => median(row[side] ?? []);
  const medians = {
    ours: of("ours"),
    before: of("before"),
    rival: of("rival"),
    floor: of("floor"),
  };
  const base = bar?.base ?? (bar ? () => NaN : ({ rival }: Medians) => rival);
  const ratio = medians.ours / base(medians);
  if (bar === undefined) return { figure, unit, medians, ratio };
  const reached = bar.reached(bar.base === undefined ? medians.ours : ratio);
  return { figure, unit, medians, ratio, bar: bar.text, reached };
}
