/**
 * What is kept of a source's hits, and what goes when there is no more room.
 *
 * @module
 */
import type { Hit } from "../hit.ts";
import { knockOf, sameKind } from "./mark.ts";
import type { SequenceIndex } from "./sequence_index.ts";
import type { SourceTable } from "./source_table.ts";
import { finish, mix } from "./words.ts";

/** Drops the hits of a record that are too old for any door. */
export function forgetOld(
  table: SourceTable,
  record: number,
  hit: Hit,
  timeout: number,
): void {
  // The packet's own time: after a step of the clock, hits may lie in the future.
  while (
    table.count(record) > 0 && !(Math.abs(hit.time - table.time(record, 0)) < timeout)
  ) table.drop(record, 0);
}

/**
 * Adds a hit to a record.
 *
 * @returns whether it is new: a packet that the record holds already is not.
 */
export function remember(
  table: SourceTable,
  record: number,
  mark: number,
  hit: Hit,
  index: SequenceIndex,
  tolerance: number,
): boolean {
  const identity = identityOf(hit);
  let equals = 0;
  let oldest = 0;
  for (let i = table.count(record) - 1; i >= 0; i--) {
    if (table.mark(record, i) !== mark) continue;
    if (table.identity(record, i) === identity) return false;
    equals++;
    oldest = i;
  }
  if (equals > needed(index, mark)) table.drop(record, oldest);
  else if (table.count(record) === table.depth) {
    table.drop(record, leastNeeded(table, record, index, tolerance));
  }
  table.push(record, mark, identity, hit.time);
  return true;
}

/**
 * The hits of one mark that are worth keeping, without the newest. On a port that no
 * sequence has, only the newest matters. On others, as many as a sequence has of it and
 * one more: as long as an older one could count, these spoil the sequence. Yet another
 * one is kept to know its retransmissions by.
 */
function needed(index: SequenceIndex, mark: number): number {
  return isForeign(index, mark) ? 0 : index.multiplicity(knockOf(mark)) + 1;
}

/**
 * The hit of a full record whose loss matters least. None makes a door open that should
 * stay closed: either it is on a port that no sequence has, and the younger ones of its
 * kind are more than any door tolerates; or it is the oldest hit of all, and a knock that
 * began there fails.
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
    if (!isForeign(index, mark)) continue;
    let younger = 0;
    for (let j = i + 1; j < count; j++) {
      const other = table.mark(record, j);
      if (sameKind(mark, other) && isForeign(index, other)) younger++;
    }
    if (younger > tolerance) return i;
  }
  return 0;
}

function isForeign(index: SequenceIndex, mark: number): boolean {
  return !index.has(knockOf(mark));
}

/** Tells packets with the same mark apart: by source port, sequence number, destination. */
function identityOf(hit: Hit): number {
  let hash = mix(hit.sourcePort, hit.tcpSequence);
  for (let i = 0; i < 4; i++) hash = mix(hash, hit.destination[i]!);
  return finish(hash);
}
