/** What a packet is compared with. */

import type { Candidate } from "./candidate.ts";
import type { KnockSet } from "./knock_set.ts";
import { KNOCK_BITS, KNOCKS } from "./mark.ts";
import { Pool } from "./pool.ts";

const HEADER = 3;
const LENGTH = 0x3f;
const ORDERED = 0x40;
const BOUND = 0x80;
const VIEW_SHIFT = 8;
/** Rows are so many words long, or a multiple: half a cache line. */
const UNIT = 8;

/**
 * All sequences, each as a row of 32-bit words: on a rotating door with many clients every
 * packet is compared with several, and should not have to look for their parts.
 *
 *     word 0   number of the candidate
 *     word 1   length; whether in order; whether for one source; number of the view
 *     word 2   number of the door
 *     then     each knock, and above it its position
 *
 * A place is where the word of a knock is.
 */
export class SequenceRows {
  readonly #pool = new Pool();

  /** A row for a candidate, all of which have different numbers. */
  add(
    candidate: Candidate,
    numbers: { own: number; view: number; door: number },
  ): number {
    const { knocks, live } = candidate;
    const row = this.#pool.take(sizeOf(knocks.length));
    const { words } = this.#pool;
    words[row] = numbers.own;
    words[row + 1] = knocks.length | (live.ordered ? ORDERED : 0) |
      (live.source === undefined ? 0 : BOUND) | numbers.view << VIEW_SHIFT;
    words[row + 2] = numbers.door;
    knocks.forEach((knock, position) => {
      words[row + HEADER + position] = knock | position << KNOCK_BITS;
    });
    return row;
  }

  /** Makes room for another row. */
  remove(row: number): void {
    this.#pool.giveBack(row, sizeOf(this.length(row)));
  }

  /** The row that a place is in. */
  rowOf(place: number): number {
    return place - HEADER - this.position(place);
  }

  /** The position in its sequence that a place is, from 0. */
  position(place: number): number {
    return this.#pool.words[place]! >>> KNOCK_BITS;
  }

  /** The place of a position. */
  place(row: number, position: number): number {
    return row + HEADER + position;
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
    return this.#pool.words[row + HEADER + position]! & (KNOCKS - 1);
  }

  /** How many of its knocks are in a set. */
  presence(row: number, set: KnockSet): number {
    const { words } = this.#pool;
    const start = row + HEADER;
    const end = start + this.length(row);
    let present = 0;
    for (let place = start; place < end; place++) {
      present += set.count(words[place]! & (KNOCKS - 1));
    }
    return present;
  }
}

function sizeOf(length: number): number {
  return Math.ceil((HEADER + length) / UNIT) * UNIT;
}
