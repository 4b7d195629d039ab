/** How much room the parts of a record have, in words (see cells.ts). */

import { UNIT } from "./blocks.ts";

/** Words of a record before all else. */
export const HEADER = 8;
/** Words of a cell. */
export const CELL = 4;
/** Where in a cell its mark is; before it is its print. */
export const MARK = 1;
/** Where its time is. */
export const TIME = 2;
/** Where its kind is. */
export const KIND = 3;
/** Records from this size on have a filter: others are looked through as fast. */
const FILTERED = 4;

/** Words of the filter in a block of a size: none, or as many as units. */
export function filterOf(size: number): number {
  return (1 << size) & -(1 << FILTERED);
}

/** The first cell of a record whose block has a size. */
export function cellsOf(record: number, size: number): number {
  return record * UNIT + HEADER + filterOf(size);
}

/** Cells that a block of a size has room for. */
export function roomOf(size: number): number {
  return ((UNIT << size) - HEADER - filterOf(size)) / CELL | 0;
}
