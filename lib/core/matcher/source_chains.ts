/** From a source to its record: chains of records whose sources have a like hash. */

import { UNIT } from "./blocks.ts";

/** The first four words of a record are its source, the next one is ours. */
const NEXT = 4;

/** Finds the record of a source; a record has the number of its first unit. */
export class SourceChains {
  readonly #buckets: number;
  /** The first record of each chain, plus one; in records the same of the next one. */
  #heads: Int32Array<ArrayBuffer>;
  #words: Int32Array;

  /** Of the records in these words, none yet; about so many at most. */
  constructor(records: number, words: Int32Array) {
    this.#buckets = 2 ** Math.floor(Math.log2(records));
    this.#heads = new Int32Array(this.#buckets);
    this.#words = words;
  }

  /** Memory that it takes at most. */
  get bytes(): number {
    return this.#heads.byteLength;
  }

  /** Begins anew with other words, and gives memory back at once. */
  clear(words: Int32Array): void {
    this.#heads.buffer.transfer(0);
    this.#heads = new Int32Array(this.#buckets);
    this.#words = words;
  }

  /** The record of a source with this hash, -1 if it has none. */
  find(source: Uint32Array, hash: number): number {
    const words = this.#words;
    const high = source[2]! | 0;
    const low = source[3]! | 0;
    let record = this.#heads[hash & (this.#buckets - 1)]! - 1;
    for (; record >= 0; record = words[record * UNIT + NEXT]! - 1) {
      const at = record * UNIT;
      if (words[at + 3] !== low || words[at + 2] !== high) continue;
      if (words[at + 1] === (source[1]! | 0) && words[at] === (source[0]! | 0)) break;
    }
    return record;
  }

  /** Lets a record be found. */
  enter(record: number, hash: number): void {
    const bucket = hash & (this.#buckets - 1);
    this.#words[record * UNIT + NEXT] = this.#heads[bucket]!;
    this.#heads[bucket] = record + 1;
  }

  /** Lets a record be found no more. */
  leave(record: number, hash: number): void {
    const bucket = hash & (this.#buckets - 1);
    const next = this.#words[record * UNIT + NEXT]!;
    let before = this.#heads[bucket]! - 1;
    if (before === record) {
      this.#heads[bucket] = next;
      return;
    }
    while (this.#words[before * UNIT + NEXT] !== record + 1) {
      before = this.#words[before * UNIT + NEXT]! - 1;
    }
    this.#words[before * UNIT + NEXT] = next;
  }
}
