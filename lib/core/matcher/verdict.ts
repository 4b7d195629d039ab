/**
 * The three rules of opening, read off a source's latest hits.
 *
 * @module
 */
import { knockOf } from "./mark.ts";
import type { Candidate } from "./sequence_index.ts";
import type { SourceTable } from "./source_table.ts";

/** What the latest hits of a source say about the first `length` knocks of a sequence. */
export interface Verdict {
  /** How it went. */
  outcome:
    /** These hits are not the sequence. */
    | "other"
    /** They are, and within the rules. */
    | "match"
    /** They are, but lie too far apart. */
    | "slow"
    /** They are, but too many foreign ports were hit between them. */
    | "foreign";
  /** Milliseconds from the first hit to the last. */
  elapsed: number;
  /** Different foreign ports hit between them. */
  foreign: number;
  /** The hits that make up the sequence, as indices into the record, newest first. */
  readonly hits: number[];
}

/** A verdict to be filled by {@linkcode judge}, once for many hits. */
export function newVerdict(): Verdict {
  return { outcome: "other", elapsed: 0, foreign: 0, hits: [] };
}

const foreignKnocks: number[] = [];

/**
 * Judges whether the newest hits of a record are the first `length` knocks of a sequence:
 * in their order for an ordered sequence, each once in any order for another.
 */
export function judge(
  table: SourceTable,
  record: number,
  candidate: Candidate,
  length: number,
  verdict: Verdict,
): void {
  verdict.outcome = "other";
  verdict.hits.length = 0;
  const newest = table.count(record) - 1;
  if (newest + 1 < length) return;
  foreignKnocks.length = 0;
  for (let i = newest; verdict.hits.length < length; i--) {
    if (i < 0) return;
    const mark = table.mark(record, i);
    if (!candidate.counts(mark)) continue;
    const knock = knockOf(mark);
    if (!candidate.owns(knock)) {
      if (!foreignKnocks.includes(knock)) foreignKnocks.push(knock);
      continue;
    }
    if (candidate.live.ordered) {
      if (knock !== candidate.knocks[length - 1 - verdict.hits.length]) return;
    } else if (verdict.hits.some((hit) => knockOf(table.mark(record, hit)) === knock)) {
      return;
    }
    verdict.hits.push(i);
  }
  const first = verdict.hits[length - 1]!;
  verdict.elapsed = Math.abs(table.time(record, newest) - table.time(record, first));
  verdict.foreign = foreignKnocks.length;
  if (!(verdict.elapsed < candidate.timeout)) verdict.outcome = "slow";
  else if (verdict.foreign > candidate.tolerance) verdict.outcome = "foreign";
  else verdict.outcome = "match";
}
