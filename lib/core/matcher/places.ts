/** Where each knock occurs. */

import { KNOCKS } from "./mark.ts";
import { Pool } from "./pool.ts";

/** A list of places for each knock, each list in one piece: it is read in one go. */
export class Places {
  readonly #pool = new Pool();
  /** Where the list of each knock starts and ends. */
  readonly #bounds = new Int32Array(2 * KNOCKS);
  /** How many places each list has room for: 0 or a power of two. */
  readonly #rooms = new Uint32Array(KNOCKS);

  /** Where the list of a knock starts. */
  start(knock: number): number {
    return this.#bounds[2 * knock]!;
  }

  /** Where the list of a knock ends: at its start if the knock occurs nowhere. */
  end(knock: number): number {
    return this.#bounds[2 * knock + 1]!;
  }

  /** What is in a list, at an index from its start to its end. */
  at(index: number): number {
    return this.#pool.words[index]!;
  }

  /** Adds a place of a knock to the end of its list. */
  add(knock: number, place: number): void {
    const length = this.end(knock) - this.start(knock);
    if (length === this.#rooms[knock]) this.#grow(knock);
    this.#pool.words[this.#bounds[2 * knock + 1]!++] = place;
  }

  /** Takes a place of a knock out; the others stay in their order. */
  remove(knock: number, place: number): void {
    const [start, end] = [this.start(knock), this.end(knock)];
    const index = this.#pool.words.subarray(start, end).indexOf(place);
    if (index < 0) return;
    this.#pool.words.copyWithin(start + index, start + index + 1, end);
    this.#bounds[2 * knock + 1]!--;
  }

  #grow(knock: number): void {
    const before = this.#rooms[knock]!;
    const room = Math.max(1, 2 * before);
    const start = this.#pool.take(room);
    this.#pool.words.copyWithin(start, this.start(knock), this.end(knock));
    if (before > 0) this.#pool.giveBack(this.start(knock), before);
    this.#bounds.set([start, start + before], 2 * knock);
    this.#rooms[knock] = room;
  }
}
