/**
 * Why a knock that came far is not complete.
 *
 * @module
 */
import type { Knock } from "../door.ts";
import type { Refusal } from "../refusal.ts";
import type { Candidate } from "./candidate.ts";
import { knockOf, OTHER_PROTOCOL, packKnock } from "./mark.ts";
import type { Recent } from "./recent.ts";
import { ticksBetween, toMilliseconds } from "./ticks.ts";

/** When the source hit each knock last, within a door's timeout; higher is earlier. */
type Hits = ReadonlyMap<number, number>;

/** What was expected of a source and what came instead, by the hits laid out. */
export function whyIncomplete(recent: Recent, candidate: Candidate): Refusal {
  const { knocks } = candidate.live;
  const hits = hitsOf(recent, candidate);
  const missing = knocks.filter((knock) => !hits.has(packKnock(knock)));
  const came = knocks.length - missing.length;
  const mistaken = missing.find((knock) => hits.has(packKnock(knock) ^ OTHER_PROTOCOL));
  if (mistaken !== undefined) return { kind: "protocol", expected: mistaken };
  // A rotating sequence may still open its door: no port is named that did not come.
  if (!candidate.ordered) return { kind: "incomplete", came, length: knocks.length };
  if (missing.length === 0) return wrongOrder(knocks, hits);
  if (missing.length > 1) {
    return { kind: "incomplete", came, length: knocks.length, missing };
  }
  const [expected] = missing as [Knock];
  const instead = inPlaceOf(expected, candidate, hits);
  return { kind: "missing", expected, ...(instead && { instead }) };
}

function hitsOf(recent: Recent, candidate: Candidate): Hits {
  const hits = new Map<number, number>();
  recent.take(candidate.id);
  const newest = candidate.nextOwn(recent, 0);
  if (newest === recent.count) return hits;
  for (let i = recent.count - 1; i >= 0; i--) {
    const apart = ticksBetween(recent.times[i]!, recent.times[newest]!);
    if (toMilliseconds(apart) >= candidate.timeout || recent.isUsed(i)) continue;
    if (candidate.view.counts(recent.marks[i]!)) hits.set(knockOf(recent.marks[i]!), i);
  }
  return hits;
}

/** All came: some port came before the one that it should follow, or too rarely. */
function wrongOrder(knocks: readonly Knock[], hits: Hits): Refusal {
  const at = (knock: Knock) => hits.get(packKnock(knock))!;
  for (const [i, first] of knocks.slice(1).entries()) {
    const before = knocks[i]!;
    if (at(first) > at(before)) return { kind: "order", first, before };
  }
  return { kind: "incomplete", came: knocks.length - 1, length: knocks.length };
}

/** What came where a port was expected: a foreign port, or else the port after it. */
function inPlaceOf(expected: Knock, candidate: Candidate, hits: Hits): Knock | undefined {
  const { knocks } = candidate.live;
  const place = knocks.indexOf(expected);
  const previous = place === 0 ? Infinity : hits.get(packKnock(knocks[place - 1]!))!;
  const next = knocks[place + 1];
  const end = next === undefined ? -1 : hits.get(packKnock(next))!;
  for (const [knock, at] of hits) {
    if (at < previous && at > end && !candidate.owns(knock)) return unpack(knock);
  }
  return next;
}

function unpack(knock: number): Knock {
  const protocol = (knock & OTHER_PROTOCOL) !== 0 ? "udp" : "tcp";
  return { port: knock & 0xffff, protocol };
}
