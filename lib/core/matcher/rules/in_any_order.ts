/** Rotating sequences: every own port has a hit, in any order. */

import type { Candidate } from "../index/candidate.ts";
import type { Judgement } from "./judgement.ts";
import { knockOf } from "../index/mark.ts";
import type { Recent } from "../history/recent.ts";

/** Judges how many ports of a sequence came, the one at hand in `recent`. */
export function judgeInAnyOrder(
  recent: Recent,
  candidate: Candidate,
  into: Judgement,
): void {
  const { knocks } = candidate;
  const newest = candidate.nextOwn(recent, 0);
  into.begin(recent, newest);
  let seen = 0;
  for (let at = newest; at < recent.count; at = candidate.nextOwn(recent, at + 1)) {
    const port = 1 << knocks.indexOf(knockOf(recent.marks[at]!));
    if ((seen & port) !== 0) continue;
    seen |= port;
    into.take(recent, at);
    if (++into.stage === knocks.length) break;
  }
  into.complete = into.stage === knocks.length;
  into.advanced = true;
}
