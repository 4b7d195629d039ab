/** Cells without those that are gone, and the filter of what is left. */

import { GONE } from "./entry_kind.ts";
import { notePrint } from "./print_filter.ts";
import { CELL, KIND } from "./record_layout.ts";

/** Copies what is `left` of the cells from `front` to `end` to a place that is not behind them. */
export function packCells(
  words: Int32Array,
  front: number,
  end: number,
  left: number,
  to: number,
): void {
  if (end - front === CELL * left) {
    words.copyWithin(to, front, end);
    return;
  }
  for (let cell = front; cell < end; cell += CELL) {
    if (words[cell + KIND] === GONE) continue;
    for (let i = 0; i < CELL; i++) words[to++] = words[cell + i]!;
  }
}

/** Makes the filter between `at` and the cells from `start` to `end` that of their prints. */
export function fillFilter(
  words: Int32Array,
  at: number,
  start: number,
  end: number,
): void {
  const length = start - at;
  if (length === 0) return;
  words.fill(0, at, start);
  for (let cell = start; cell < end; cell += CELL) {
    notePrint(words, at, length, words[cell]!);
  }
}
