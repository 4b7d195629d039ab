/** What of a record is forgotten first. */

import type { Cells } from "./cells.ts";
import { GONE, isOwn, isRepeat, isUse } from "./entry_kind.ts";
import { ticksBetween } from "./ticks.ts";

/**
 * Forgets the oldest entries of a record until so few are left, repeats before others. A
 * use is younger than what it is about, and outlives it.
 */
export function shed(cells: Cells, record: number, most: number): void {
  for (const all of [false, true]) {
    const end = cells.end(record);
    let cell = cells.front(record);
    for (; cells.size(record) > most && cell < end; cell = cells.next(cell)) {
      const kind = cells.kind(cell);
      if (kind !== GONE && (all || isRepeat(kind))) cells.drop(record, cell);
    }
  }
}

/**
 * Forgets repeats that are older than so many ticks at a time, until one is younger: they are
 * in the order in which they came.
 */
export function forgetRepeats(
  cells: Cells,
  record: number,
  time: number,
  ticks: number,
): void {
  const end = cells.end(record);
  let cell = cells.front(record);
  for (; cells.repeats(record) > 0 && cell < end; cell = cells.next(cell)) {
    if (!isRepeat(cells.kind(cell))) continue;
    if (ticksBetween(cells.time(cell), time) <= ticks) return;
    cells.drop(record, cell);
  }
}

/** The oldest entry on an own port, or on a foreign one; the record must have it. */
export function oldest(cells: Cells, record: number, own: boolean): number {
  for (let cell = cells.front(record);; cell = cells.next(cell)) {
    const kind = cells.kind(cell);
    if (kind !== GONE && !isUse(kind) && isOwn(kind) === own) return cell;
  }
}
