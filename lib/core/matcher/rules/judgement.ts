/**
 * What a source's hits say about a sequence: how far it came, and by which rule of a door it
 * opens nothing though it is complete.
 */

import type { Refusal } from "../../refusal.ts";
import type { Candidate } from "../index/candidate.ts";
import { hitsBetween, LONGEST_WAIT, secondsWaited } from "../history/entry_kind.ts";
import type { Recent } from "../history/recent.ts";
import { ticksBetween, toMilliseconds } from "../history/ticks.ts";
import { ForeignPorts } from "./tolerance.ts";

/** One object of this class is filled anew for each sequence and hit. */
export class Judgement {
  /** How many of the sequence's knocks came: from its first on, if it has an order. */
  stage = 0;
  /** Whether the newest hit brought it there. */
  advanced = false;
  /** Whether all of them came. */
  complete = false;
  /** The index of the newest of the hits that it consists of. */
  last = 0;
  /** That of the oldest. */
  first = 0;
  /** Seconds that one of them waited to be read, at most. */
  #wait = 0;
  #kind = 0;
  /** How many hits of the source came before and after the newest, of these. */
  #earlier = 0;
  #later = 0;
  #hits = 0;
  readonly #foreign = new ForeignPorts();

  /** Begins with the newest hit. */
  begin(recent: Recent, index: number): void {
    this.stage = 0;
    this.advanced = false;
    this.complete = false;
    this.last = index;
    this.#kind = recent.kinds[index]!;
    this.reset();
  }

  /** Judges a sequence of one knock: each hit is all of it. */
  single(recent: Recent): void {
    this.begin(recent, recent.latest);
    this.take(recent, recent.latest);
    this.stage = 1;
    this.complete = true;
  }

  /** Begins anew, with the same newest hit. */
  reset(): void {
    this.#wait = 0;
    this.#earlier = 0;
    this.#later = 0;
    this.#hits = 0;
  }

  /** Takes a hit, older than those before, for one of those that the sequence is. */
  take(recent: Recent, index: number): void {
    const kind = recent.kinds[index]!;
    this.first = index;
    this.#hits++;
    this.#wait = Math.max(this.#wait, secondsWaited(kind));
    const distance = hitsBetween(this.#kind, kind);
    this.#earlier = Math.min(this.#earlier, distance);
    this.#later = Math.max(this.#later, distance);
  }

  /** The source's other hits between the first and the last that were taken. */
  get others(): number {
    return this.#later - this.#earlier + 1 - this.#hits;
  }

  /** The rule that keeps the door shut, if any does. */
  refusal(recent: Recent, candidate: Candidate): Refusal | undefined {
    const { times } = recent;
    const { seqTimeout } = candidate.live.door;
    const elapsed = toMilliseconds(ticksBetween(times[this.first]!, times[this.last]!));
    if (!(elapsed < candidate.timeout)) {
      return { kind: "slow", elapsed, allowed: seqTimeout };
    }
    const foreign = this.#foreign.refusal(recent, candidate, this.last, this.first);
    if (foreign !== undefined) return foreign;
    if (this.#wait > Math.min(seqTimeout, LONGEST_WAIT - 1)) {
      return { kind: "late", allowed: seqTimeout };
    }
    return undefined;
  }
}
