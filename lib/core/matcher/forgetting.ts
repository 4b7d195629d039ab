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
    for (let cell = 0; cells.size(record) > most && cell < cells.used(record); cell++) {
      const kind = cells.kind(record, cell);
      if (kind !== GONE && (all || isRepeat(kind))) cells.drop(record, cell);
    }
  }
}

/** Forgets repeats that are older than so many ticks at a time. */
export function forgetRepeats(
  cells: Cells,
  record: number,
  time: number,
  ticks: number,
): void {
  if (cells.repeats(record) === 0) return;
  for (let cell = 0; cell < cells.used(record); cell++) {
    if (!isRepeat(cells.kind(record, cell))) continue;
    if (ticksBetween(cells.time(record, cell), time) > ticks) cells.drop(record, cell);
  }
}

/** The oldest entry on an own port, or on a foreign one; the record must have it. */
export function oldest(cells: Cells, record: number, own: boolean): number {
  for (let cell = cells.front(record);; cell++) {
    const kind = cells.kind(record, cell);
    if (kind !== GONE && !isUse(kind) && isOwn(kind) === own) return cell;
  }
}
