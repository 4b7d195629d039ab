/** Which packets came before: those on own ports are known again, however often they come. */

import type { Arrival } from "./arrival.ts";
import type { Cells } from "./cells.ts";
import { isOwn, isUse } from "./entry_kind.ts";
import { ticksBetween } from "./ticks.ts";

/**
 * Whether a record has a packet on an own port with the print of this one, and a mark that is
 * the same in these bits, at most so many ticks from it.
 */
export function hasCopy(
  cells: Cells,
  record: number,
  { print, mark, time }: Readonly<Arrival>,
  bits: number,
  ticks: number,
): boolean {
  const end = cells.end(record);
  // Most copies are of the newest, which is fetched together with the filter this way.
  const isNewest = cells.print(cells.previous(end)) === print;
  if (!isNewest && !cells.mayHave(record, print)) return false;
  for (let cell = cells.front(record); cell < end; cell = cells.next(cell)) {
    if (cells.print(cell) !== print) continue;
    const kind = cells.kind(cell);
    if (!isOwn(kind) || isUse(kind)) continue;
    if (((cells.mark(cell) ^ mark) & bits) !== 0) continue;
    if (Math.abs(ticksBetween(cells.time(cell), time)) <= ticks) return true;
  }
  return false;
}
