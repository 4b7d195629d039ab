/**
 * From a knock to the live sequences that it is part of.
 *
 * @module
 */
import { isFor } from "./destinations.ts";
import type { LiveSequence } from "./live_sequence.ts";
import { destinationOf, flagsOf, isUdp, KNOCKS, packKnock } from "./mark.ts";
import { sameWords } from "./words.ts";

/** A live sequence, prepared for comparing. */
export class Candidate {
  /** The sequence itself. */
  readonly live: LiveSequence;
  /** Whether the knocks have to come in their order. */
  readonly ordered: boolean;
  /** Its knocks, packed; small integers in an array cost less than a typed array each. */
  readonly knocks: readonly number[];
  /** Milliseconds that the first and the last hit have to be less than apart. */
  readonly timeout: number;
  /** Different foreign ports that may be hit meanwhile. */
  readonly tolerance: number;
  readonly #source: Uint32Array | undefined;
  readonly #mask: number;
  readonly #value: number;
  readonly #target: number;

  /** Prepares a sequence whose door has the target of that number. */
  constructor(live: LiveSequence, target: number) {
    const { door } = live;
    this.live = live;
    this.ordered = live.ordered;
    this.knocks = live.knocks.map(packKnock);
    this.timeout = door.seqTimeout * 1000;
    this.tolerance = door.tolerance < 0 ? Infinity : door.tolerance;
    this.#source = live.source;
    this.#mask = door.tcpFlags.mask;
    this.#value = door.tcpFlags.value;
    this.#target = target;
  }

  /** Whether a packet with this mark is a hit for the door. */
  counts(mark: number): boolean {
    return isFor(destinationOf(mark), this.#target) &&
      (isUdp(mark) || (flagsOf(mark) & this.#mask) === this.#value);
  }

  /** Whether the sequence holds for this source. */
  holdsFor(source: Uint32Array): boolean {
    return this.#source === undefined || sameWords(this.#source, 0, source);
  }

  /** Whether the knock is one of the sequence's own. */
  owns(knock: number): boolean {
    return this.knocks.includes(knock);
  }
}

const NONE = -1;

/**
 * The places of all live sequences, chained by knock. A place is one position in one
 * sequence; the places of a sequence follow one another in a chain, the last one first.
 */
export class SequenceIndex {
  readonly #first = new Int32Array(KNOCKS).fill(NONE);
  readonly #candidates: (Candidate | undefined)[] = [];
  readonly #positions: number[] = [];
  readonly #next: number[] = [];
  readonly #multiplicity = new Uint8Array(KNOCKS);
  #free = NONE;

  /** Adds a sequence. */
  add(candidate: Candidate): void {
    candidate.knocks.forEach((knock, position) => {
      const place = this.#place();
      this.#candidates[place] = candidate;
      this.#positions[place] = position;
      this.#next[place] = this.#first[knock]!;
      this.#first[knock] = place;
      const most = Math.max(this.multiplicity(knock), occurrences(candidate, knock));
      this.#multiplicity[knock] = most;
    });
  }

  /** Takes a sequence out. */
  remove(candidate: Candidate): void {
    for (const knock of candidate.knocks) {
      let before = NONE;
      let place = this.#first[knock]!;
      while (place !== NONE) {
        const next = this.#next[place]!;
        if (this.#candidates[place] !== candidate) before = place;
        else {
          if (before === NONE) this.#first[knock] = next;
          else this.#next[before] = next;
          this.#release(place);
        }
        place = next;
      }
      this.#multiplicity[knock] = this.#count(knock);
    }
  }

  /** The candidate of a live sequence, if there is one. */
  find(live: LiveSequence): Candidate | undefined {
    const [knock] = live.knocks;
    if (knock === undefined) return undefined;
    for (let p = this.first(packKnock(knock)); p !== NONE; p = this.next(p)) {
      if (this.candidate(p).live === live) return this.candidate(p);
    }
    return undefined;
  }

  /** The first place of a knock, -1 where there is none. */
  first(knock: number): number {
    return this.#first[knock]!;
  }

  /** The place that follows in the same chain, -1 after the last. */
  next(place: number): number {
    return this.#next[place]!;
  }

  /** The sequence that a place is in. */
  candidate(place: number): Candidate {
    return this.#candidates[place]!;
  }

  /** The position in its sequence that a place is, from 0. */
  position(place: number): number {
    return this.#positions[place]!;
  }

  /** How often the knock occurs in the sequence in which it occurs most. */
  multiplicity(knock: number): number {
    return this.#multiplicity[knock]!;
  }

  #count(knock: number): number {
    let most = 0;
    for (let place = this.first(knock); place !== NONE; place = this.next(place)) {
      most = Math.max(most, occurrences(this.candidate(place), knock));
    }
    return most;
  }

  #place(): number {
    if (this.#free === NONE) return this.#next.length;
    const place = this.#free;
    this.#free = this.#next[place]!;
    return place;
  }

  #release(place: number): void {
    this.#candidates[place] = undefined;
    this.#next[place] = this.#free;
    this.#free = place;
  }
}

function occurrences(candidate: Candidate, knock: number): number {
  return candidate.knocks.reduce((sum, own) => own === knock ? sum + 1 : sum, 0);
}
