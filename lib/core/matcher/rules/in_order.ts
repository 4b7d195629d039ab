/** Static and listed sequences: the newest runs of hits are the sequence's runs. */

import type { Candidate } from "../index/candidate.ts";
import type { Judgement } from "./judgement.ts";
import { knockOf } from "../index/mark.ts";
import type { Recent } from "../history/recent.ts";

/**
 * Judges how far a sequence has come, the one at hand in `recent`. A run is one or more
 * hits on one of its ports with no other one of its ports between them, and has at least
 * as many hits as the sequence has there.
 */
export function judgeInOrder(
  recent: Recent,
  candidate: Candidate,
  into: Judgement,
): void {
  const newest = candidate.nextOwn(recent, 0);
  into.begin(recent, newest);
  if (newest === recent.count) return;
  const { runs, knocks } = candidate;
  const knock = knockOf(recent.marks[newest]!);
  for (let run = runs.length - 1; run >= 0; run--) {
    const { count, before } = runs[run]!;
    if (runs[run]!.knock !== knock) continue;
    into.reset();
    const came = takeNewest(recent, candidate, run, into);
    if (came === 0) continue;
    into.stage = before + Math.min(came, count);
    into.advanced = came <= count;
    into.complete = into.stage === knocks.length;
    return;
  }
}

/** Hits of the newest run, if those before it are the sequence's up to there; else 0. */
function takeNewest(
  recent: Recent,
  candidate: Candidate,
  run: number,
  into: Judgement,
): number {
  const { knock, count } = candidate.runs[run]!;
  let came = 0;
  let at = into.last;
  for (; at < recent.count; at = candidate.nextOwn(recent, at + 1)) {
    if (knockOf(recent.marks[at]!) !== knock) break;
    if (++came <= count) into.take(recent, at);
  }
  for (let before = run - 1; before >= 0; before--) {
    at = takeRun(recent, candidate, before, at, into);
    if (at < 0) return 0;
  }
  return came;
}

/** Takes a run that begins, seen from now, at an index; where the next begins, or -1. */
function takeRun(
  recent: Recent,
  candidate: Candidate,
  run: number,
  at: number,
  into: Judgement,
): number {
  const { knock, count } = candidate.runs[run]!;
  let came = 0;
  for (; at < recent.count; at = candidate.nextOwn(recent, at + 1)) {
    if (knockOf(recent.marks[at]!) !== knock) break;
    if (++came <= count) into.take(recent, at);
    if (came === count && run === 0) return at;
  }
  return came >= count ? at : -1;
}
