/** What a packet is compared with. */

import type { Candidate } from "./candidate.ts";
import type { KnockSet } from "./knock_set.ts";
import { KNOCKS } from "./mark.ts";
import { Pool } from "./pool.ts";

const HEADER = 3;
const LENGTH = 0x3f;
const ORDERED = 0x40;
const BOUND = 0x80;
const VIEW_SHIFT = 8;
/** Rows are so many words long, or a multiple: half a cache line. */
const UNIT = 8;

/** Words that are known of a knock: see {@linkcode SequenceRows}. */
const LIST = 4;
const END = 1;
const ROOM = 2;
const SUMMARY = 3;
const MULTIPLICITY = 0xff;
/** Added to a summary for a sequence with an order. */
const ONE_ORDERED = 0x100;

/**
 * For each knock the sequences that it is part of, each as a row of 32-bit words:
 *
 *     word 0   number of the candidate
 *     word 1   length; whether in order; whether for one source; number of the view
 *     word 2   number of the door
 *     then     each knock
 *
 * So there are as many rows of a sequence as it has different knocks. Those of a knock lie
 * side by side: on a rotating door with many clients every packet is compared with several,
 * which would have to be fetched from as many places. A row is known by its first word,
 * until another one is added or removed. Of the list of each knock there is
 *
 *     word 0   where it starts
 *     word 1   where it ends
 *     word 2   how many words it has room for: 0, or a power of two
 *     word 3   how often at most a sequence has the knock; how many with an order have it
 */
export class SequenceRows {
  readonly #pool = new Pool();
  readonly #lists = new Int32Array(LIST * KNOCKS);

  /** Adds a candidate, all of which have different numbers. */
  add(
    candidate: Candidate,
    numbers: { own: number; view: number; door: number },
  ): void {
    const { knocks, live } = candidate;
    const shape = knocks.length | (live.ordered ? ORDERED : 0) |
      (live.source === undefined ? 0 : BOUND) | numbers.view << VIEW_SHIFT;
    const words = [numbers.own, shape, numbers.door, ...knocks];
    for (const knock of new Set(knocks)) {
      const row = this.#append(knock, sizeOf(knocks.length));
      this.#pool.words.set(words, row);
      this.#summarize(knock, row);
    }
  }

  /** Removes the candidate with a number, and these knocks. */
  remove(own: number, knocks: readonly number[]): void {
    for (const knock of new Set(knocks)) {
      let row = this.start(knock);
      while (this.candidate(row) !== own) row = this.next(row);
      this.#pool.words.copyWithin(row, this.next(row), this.end(knock));
      this.#lists[LIST * knock + END]! -= sizeOf(knocks.length);
      this.#lists[LIST * knock + SUMMARY] = 0;
      const end = this.end(knock);
      for (row = this.start(knock); row < end; row = this.next(row)) {
        this.#summarize(knock, row);
      }
    }
  }

  /** The first row of a knock. */
  start(knock: number): number {
    return this.#lists[LIST * knock]!;
  }

  /** Behind the last row of a knock: its first one where the knock is part of nothing. */
  end(knock: number): number {
    return this.#lists[LIST * knock + END]!;
  }

  /** The row behind one. */
  next(row: number): number {
    return row + sizeOf(this.length(row));
  }

  /** How often the knock occurs in the sequence in which it occurs most. */
  multiplicity(knock: number): number {
    return this.#lists[LIST * knock + SUMMARY]! & MULTIPLICITY;
  }

  /** Whether the knock is part of a sequence that has an order. */
  isInOrdered(knock: number): boolean {
    return this.#lists[LIST * knock + SUMMARY]! >= ONE_ORDERED;
  }

  /** The number of its candidate. */
  candidate(row: number): number {
    return this.#pool.words[row]!;
  }

  /** How many knocks it has. */
  length(row: number): number {
    return this.#pool.words[row + 1]! & LENGTH;
  }

  /** Whether they have to come in their order. */
  isOrdered(row: number): boolean {
    return (this.#pool.words[row + 1]! & ORDERED) !== 0;
  }

  /** Whether it holds for one source only. */
  isBound(row: number): boolean {
    return (this.#pool.words[row + 1]! & BOUND) !== 0;
  }

  /** The number of its door's view. */
  view(row: number): number {
    return this.#pool.words[row + 1]! >>> VIEW_SHIFT;
  }

  /** The number of its door. */
  door(row: number): number {
    return this.#pool.words[row + 2]!;
  }

  /** One of its knocks. */
  knock(row: number, position: number): number {
    return this.#pool.words[row + HEADER + position]!;
  }

  /** How many of its knocks are in a set. */
  presence(row: number, set: KnockSet): number {
    const { words } = this.#pool;
    const start = row + HEADER;
    const end = start + this.length(row);
    let present = 0;
    for (let at = start; at < end; at++) present += set.count(words[at]!);
    return present;
  }

  /** Room for one more row at the end of a list. */
  #append(knock: number, size: number): number {
    const lists = this.#lists;
    const [start, end] = [this.start(knock), this.end(knock)];
    if (end - start + size > lists[LIST * knock + ROOM]!) {
      this.#grow(knock, end - start + size);
    }
    const row = this.end(knock);
    lists[LIST * knock + END]! += size;
    return row;
  }

  #grow(knock: number, least: number): void {
    const lists = this.#lists;
    const [start, end] = [this.start(knock), this.end(knock)];
    const before = lists[LIST * knock + ROOM]!;
    const room = 2 ** Math.ceil(Math.log2(least));
    const to = this.#pool.take(room);
    this.#pool.words.copyWithin(to, start, end);
    if (before > 0) this.#pool.giveBack(start, before);
    lists.set([to, to + end - start, room], LIST * knock);
  }

  #summarize(knock: number, row: number): void {
    const summary = this.#lists[LIST * knock + SUMMARY]!;
    const most = Math.max(summary & MULTIPLICITY, this.#occurrences(knock, row));
    const ordered = (summary & ~MULTIPLICITY) + (this.isOrdered(row) ? ONE_ORDERED : 0);
    this.#lists[LIST * knock + SUMMARY] = ordered | most;
  }

  #occurrences(knock: number, row: number): number {
    let occurrences = 0;
    for (let i = 0; i < this.length(row); i++) {
      if (this.knock(row, i) === knock) occurrences++;
    }
    return occurrences;
  }
}

function sizeOf(length: number): number {
  return (HEADER + length + UNIT - 1) & -UNIT;
}
