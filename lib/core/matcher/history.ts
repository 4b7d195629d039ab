/**
 * What is kept of a source's hits, and what goes when there is no more room.
 *
 * @module
 */
import { knockOf, sameKind } from "./mark.ts";
import type { SequenceIndex } from "./sequence_index.ts";
import type { SourceTable } from "./source_table.ts";

/** Drops the hits of a record that are too old for any door. */
export function forgetOld(
  table: SourceTable,
  record: number,
  now: number,
  timeout: number,
): void {
  // The packet's own time: after a step of the clock, hits may lie in the future.
  while (
    table.count(record) > 0 && !(Math.abs(now - table.time(record, 0)) < timeout)
  ) table.drop(record, 0);
}

/** Whether the record has a hit of the very same packet. */
export function isRepeat(
  table: SourceTable,
  record: number,
  mark: number,
  identity: number,
): boolean {
  for (let i = table.count(record) - 1; i >= 0; i--) {
    if (table.mark(record, i) === mark && table.identity(record, i) === identity) {
      return true;
    }
  }
  return false;
}

/** Adds a hit to a record, making room for it where there is none. */
export function addHit(
  table: SourceTable,
  record: number,
  mark: number,
  identity: number,
  time: number,
  index: SequenceIndex,
  tolerance: number,
): void {
  // Of the hits on a port that no sequence has, only the latest of a kind matters.
  const earlier = isForeign(index, mark) ? lastWithMark(table, record, mark) : -1;
  if (earlier >= 0) table.drop(record, earlier);
  else if (table.count(record) === table.depth) {
    table.drop(record, leastNeeded(table, record, index, tolerance));
  }
  table.push(record, mark, identity, time);
}

/**
 * The hit of a full record whose loss matters least. None makes a door open that should
 * stay closed:
 *
 * 1. an old hit on a port that no sequence has, when more younger ones of its kind remain
 *    than any door tolerates: as long as it could count, these exceed the tolerance;
 * 2. an old hit on a knock, when more younger ones remain than any sequence has of it: as
 *    long as it could count, these spoil the sequence;
 * 3. else the oldest hit of all, and a knock that began there fails.
 */
function leastNeeded(
  table: SourceTable,
  record: number,
  index: SequenceIndex,
  tolerance: number,
): number {
  const count = table.count(record);
  for (let i = 0; i < count; i++) {
    const mark = table.mark(record, i);
    const foreign = isForeign(index, mark);
    const enough = foreign ? tolerance : index.multiplicity(knockOf(mark));
    let younger = 0;
    for (let j = i + 1; j < count; j++) {
      const other = table.mark(record, j);
      if (
        foreign ? isForeign(index, other) && sameKind(mark, other) : other === mark
      ) younger++;
    }
    if (younger > enough) return i;
  }
  return 0;
}

function isForeign(index: SequenceIndex, mark: number): boolean {
  return index.first(knockOf(mark)) < 0;
}

function lastWithMark(table: SourceTable, record: number, mark: number): number {
  for (let i = table.count(record) - 1; i >= 0; i--) {
    if (table.mark(record, i) === mark) return i;
  }
  return -1;
}
