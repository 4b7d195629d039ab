/**
 * The three rules of opening, read off a source's latest hits.
 *
 * @module
 */
import { MAX_SEQUENCE_LENGTH } from "../sequence.ts";
import { knockOf } from "./mark.ts";
import type { Refusal } from "../refusal.ts";
import type { Candidate } from "./candidate.ts";
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
  /** How many of the source's hits are among the sequence's knocks. */
  matched: number;
  /** These hits, newest first, as indices into the source's record. */
  readonly hits: Uint8Array;
}

/** A verdict to be filled by {@linkcode judge}, once for many hits. */
export function newVerdict(): Verdict {
  return {
    outcome: "other",
    elapsed: 0,
    foreign: 0,
    matched: 0,
    hits: new Uint8Array(MAX_SEQUENCE_LENGTH),
  };
}

/** A record has at most this many hits, of which each may be a foreign one. */
const foreignKnocks = new Int32Array(255);

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
  verdict.matched = 0;
  verdict.foreign = 0;
  const newest = table.count(record) - 1;
  if (newest + 1 < length) return;
  for (let i = newest; verdict.matched < length; i--) {
    if (i < 0) return;
    const mark = table.mark(record, i);
    if (!candidate.view.counts(mark)) continue;
    const knock = knockOf(mark);
    if (!candidate.owns(knock)) addForeign(verdict, knock);
    else if (fits(table, record, candidate, length, verdict, knock)) {
      verdict.hits[verdict.matched++] = i;
    } else return;
  }
  const first = verdict.hits[length - 1]!;
  verdict.elapsed = Math.abs(table.time(record, newest) - table.time(record, first));
  if (!(verdict.elapsed < candidate.timeout)) verdict.outcome = "slow";
  else if (verdict.foreign > candidate.tolerance) verdict.outcome = "foreign";
  else verdict.outcome = "match";
}

/** Why a door stays shut though the sequence came. */
export function refusalOf({ live: { door } }: Candidate, verdict: Verdict): Refusal {
  return verdict.outcome === "slow"
    ? { kind: "slow", elapsed: verdict.elapsed, allowed: door.seqTimeout }
    : { kind: "foreign", ports: verdict.foreign, tolerated: door.tolerance };
}

/** The hits between the first and the last one that are not the sequence's. */
export function othersOf({ hits, matched }: Verdict): number {
  return hits[0]! - hits[matched - 1]! + 1 - matched;
}

function fits(
  table: SourceTable,
  record: number,
  candidate: Candidate,
  length: number,
  { matched, hits }: Verdict,
  knock: number,
): boolean {
  if (candidate.ordered) return knock === candidate.knocks[length - 1 - matched];
  for (let i = 0; i < matched; i++) {
    if (knockOf(table.mark(record, hits[i]!)) === knock) return false;
  }
  return true;
}

function addForeign(verdict: Verdict, knock: number): void {
  for (let i = 0; i < verdict.foreign; i++) if (foreignKnocks[i] === knock) return;
  foreignKnocks[verdict.foreign++] = knock;
}
