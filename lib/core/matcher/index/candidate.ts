/** A live sequence, prepared for comparing. */

import { type KnockRun, runsOf } from "./knock_run.ts";
import type { LiveSequence } from "../live_sequence.ts";
import { knockOf, packKnock } from "./mark.ts";
import type { Recent } from "../history/recent.ts";
import type { View } from "./view.ts";
import { finish, mix, sameWords } from "../words.ts";

/** A live sequence, prepared for comparing. */
export class Candidate {
  /** The sequence itself. */
  readonly live: LiveSequence;
  /** Its number, by which what it used up is known: the same after a reload. */
  readonly id: number;
  /** Whether the knocks have to come in their order. */
  readonly ordered: boolean;
  /** Whether it opens its door once only. */
  readonly oneTime: boolean;
  /** Its knocks, packed; small integers in an array cost less than a typed array each. */
  readonly knocks: readonly number[];
  /** Its runs of one knock, if it has an order. */
  readonly runs: readonly KnockRun[];
  /** Which packets count for its door. */
  readonly view: View;
  /** Milliseconds that the first and the last hit have to be less than apart. */
  readonly timeout: number;
  /** Different foreign ports that may be hit meanwhile. */
  readonly tolerance: number;

  /** Prepares a sequence. */
  constructor(live: LiveSequence, view: View) {
    const { door } = live;
    this.live = live;
    this.ordered = live.ordered;
    this.oneTime = door.key.kind !== "static";
    this.knocks = live.knocks.map(packKnock);
    this.runs = live.ordered ? runsOf(this.knocks) : [];
    this.id = idOf(live, this.knocks);
    this.view = view;
    this.timeout = door.seqTimeout * 1000;
    this.tolerance = door.tolerance < 0 ? Infinity : door.tolerance;
  }

  /** Whether the sequence holds for this source. */
  holdsFor(source: Uint32Array): boolean {
    const { source: only } = this.live;
    return only === undefined || sameWords(only, 0, source);
  }

  /** Whether the knock is one of the sequence's own. */
  owns(knock: number): boolean {
    return this.knocks.includes(knock);
  }

  /**
   * The newest hit from an index on, towards older ones, that is on an own port and not
   * used up; the number of hits if there is none. The sequence is the one at hand.
   */
  nextOwn(recent: Recent, from: number): number {
    for (let i = from; i < recent.count; i++) {
      const mark = recent.marks[i]!;
      if (this.owns(knockOf(mark)) && this.view.counts(mark) && !recent.isUsed(i)) {
        return i;
      }
    }
    return recent.count;
  }

  /** How many of its knocks the source hit, what is used up left out: it is at hand. */
  came(recent: Recent): number {
    let seen = 0;
    let came = 0;
    for (let at = 0; (at = this.nextOwn(recent, at)) < recent.count; at++) {
      const knock = knockOf(recent.marks[at]!);
      for (let i = 0; i < this.knocks.length; i++) {
        if (this.knocks[i] !== knock || (seen & 1 << i) !== 0) continue;
        seen |= 1 << i;
        came++;
      }
    }
    return came;
  }
}

function idOf({ door, client, counter = 0 }: LiveSequence, knocks: readonly number[]) {
  let hash = knocks.reduce(mix, mix(counter % 2 ** 32, knocks.length));
  const name = `${door.name} ${client?.name ?? ""}`;
  for (let i = 0; i < name.length; i++) hash = mix(hash, name.charCodeAt(i));
  return finish(hash);
}
