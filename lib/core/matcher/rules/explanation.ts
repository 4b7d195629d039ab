/** Why a knock that came far is not complete. */

import type { Knock } from "../../door.ts";
import type { Refusal } from "../../refusal.ts";
import type { Candidate } from "../index/candidate.ts";
import { knockOf, OTHER_PROTOCOL, packKnock, unpackKnock } from "../index/mark.ts";
import { whyOutOfOrder } from "./out_of_order.ts";
import type { Recent } from "../history/recent.ts";
import type { SequenceIndex } from "../index/sequence_index.ts";
import { ticksBetween, toMilliseconds } from "../history/ticks.ts";

/** When the source hit each knock last, within a door's timeout; higher is earlier. */
type Hits = ReadonlyMap<number, number>;

/** How far a knock came, and why it opened nothing. */
export interface Explanation {
  /** How many of the sequence's ports came in its time. */
  readonly came: number;
  /** What was expected, and what came. */
  readonly refusal: Refusal;
}

/** What was expected of a source and what came instead, by the hits laid out. */
export function whyIncomplete(
  recent: Recent,
  candidate: Candidate,
  index: SequenceIndex,
): Explanation {
  const { knocks } = candidate.live;
  const counted = countedHits(recent, candidate)
    .filter((i) => !isOfAnother(i, recent, candidate, index));
  const refusal = reasonOf(recent, candidate, counted);
  const hit = new Set(counted.map((i) => knockOf(recent.marks[i]!)));
  const came = knocks.filter((knock) => hit.has(packKnock(knock))).length;
  const lacks = refusal.kind === "missing" && refusal.nth !== undefined ? 1 : 0;
  return { came: came - lacks, refusal };
}

function reasonOf(
  recent: Recent,
  candidate: Candidate,
  counted: readonly number[],
): Refusal {
  const { knocks } = candidate.live;
  const hits: Hits = new Map(counted.map((i) => [knockOf(recent.marks[i]!), i]));
  const missing = knocks.filter((knock) => !hits.has(packKnock(knock)));
  const came = knocks.length - missing.length;
  const mistaken = missing.find((knock) =>
    cameOtherwise(packKnock(knock), candidate, hits)
  );
  if (mistaken !== undefined) return { kind: "protocol", expected: mistaken };
  // A rotating sequence may still open its door: no port is named that did not come.
  if (!candidate.ordered) return { kind: "incomplete", came, length: knocks.length };
  if (missing.length === 0) {
    const own = counted.map((i) => knockOf(recent.marks[i]!))
      .filter((knock) => candidate.owns(knock));
    return whyOutOfOrder(candidate.runs, own) ??
      { kind: "incomplete", came, length: knocks.length };
  }
  if (missing.length > 1) {
    return { kind: "incomplete", came, length: knocks.length, missing };
  }
  const [expected] = missing as [Knock];
  const instead = inPlaceOf(expected, candidate, hits);
  return { kind: "missing", expected, ...(instead && { instead }) };
}

/** The indices of the hits that count, the oldest first. */
function countedHits(recent: Recent, candidate: Candidate): number[] {
  const hits: number[] = [];
  recent.take(candidate.id);
  const newest = candidate.nextOwn(recent, 0);
  if (newest === recent.count) return hits;
  for (let i = recent.count - 1; i >= 0; i--) {
    const apart = ticksBetween(recent.times[i]!, recent.times[newest]!);
    if (toMilliseconds(apart) >= candidate.timeout || recent.isUsed(i)) continue;
    if (candidate.view.counts(recent.marks[i]!)) hits.push(i);
  }
  return recent.full < 0 ? hits : withoutRest(hits, recent, candidate);
}

/** A client that hits each port several times goes on when its knock is complete. */
function withoutRest(hits: number[], recent: Recent, candidate: Candidate): number[] {
  if (!candidate.ordered) return hits;
  const last = candidate.knocks.at(-1)!;
  const completed = recent.useTimes[recent.full]!;
  const next = hits.findIndex((i) =>
    knockOf(recent.marks[i]!) !== last ||
    toMilliseconds(ticksBetween(completed, recent.times[i]!)) >= candidate.timeout
  );
  return next < 0 ? [] : hits.slice(next);
}

/** Whether a knock on another sequence, which was complete, had the hit: none went wrong. */
function isOfAnother(
  i: number,
  recent: Recent,
  candidate: Candidate,
  index: SequenceIndex,
): boolean {
  return index.sequencesWith(knockOf(recent.marks[i]!))
    .some((other) => other.id !== candidate.id && recent.isUsedBy(other.id, i));
}

/** Whether a knock came by the other protocol, where that is no knock of the sequence. */
function cameOtherwise(knock: number, candidate: Candidate, hits: Hits): boolean {
  const other = knock ^ OTHER_PROTOCOL;
  return hits.has(other) && !candidate.owns(other);
}

/** What came where a port was expected: a foreign port, or else the port after it. */
function inPlaceOf(expected: Knock, candidate: Candidate, hits: Hits): Knock | undefined {
  const { knocks } = candidate.live;
  const place = knocks.indexOf(expected);
  const previous = place === 0 ? Infinity : hits.get(packKnock(knocks[place - 1]!))!;
  const next = knocks[place + 1];
  const end = next === undefined ? -1 : hits.get(packKnock(next))!;
  for (const [knock, at] of hits) {
    if (at < previous && at > end && !candidate.owns(knock)) return unpackKnock(knock);
  }
  return next;
}
