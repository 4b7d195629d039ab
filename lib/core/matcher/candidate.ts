/**
 * A live sequence, prepared for comparing.
 *
 * @module
 */
import type { LiveSequence } from "./live_sequence.ts";
import { packKnock } from "./mark.ts";
import type { View } from "./view.ts";
import { sameWords } from "./words.ts";

/** A live sequence, prepared for comparing. */
export class Candidate {
  /** The sequence itself. */
  readonly live: LiveSequence;
  /** Whether the knocks have to come in their order. */
  readonly ordered: boolean;
  /** Its knocks, packed; small integers in an array cost less than a typed array each. */
  readonly knocks: readonly number[];
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
    this.knocks = live.knocks.map(packKnock);
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
}
