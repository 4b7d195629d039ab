/**
 * From a source to its record: chains of records whose sources have a like hash. There are
 * about as many as records: short ones of many sources, and of few sources no more than what
 * stays at hand. With each record one chain is divided (Litwin, Linear hashing, 1980).
 */

import { UNIT } from "./blocks.ts";

/** The first four words of a record are its source, the next one is ours. */
const NEXT = 4;
/** Chains there are at the beginning. */
const FEWEST = 64;

/** Finds the record of a source; a record has the number of its first unit. */
export class SourceChains {
  readonly #hashOf: (record: number) => number;
  readonly #most: number;
  /** The first record of each chain, plus one; in records the same of the next one. */
  #heads: Int32Array<ArrayBuffer>;
  #words: Int32Array;
  #chains = FEWEST;
  /** One less than the power of two that is not below the number of chains. */
  #mask = FEWEST - 1;
  #records = 0;

  /** Of the records in these words, none yet; about so many at most, with these hashes. */
  constructor(records: number, words: Int32Array, hashOf: (record: number) => number) {
    this.#hashOf = hashOf;
    this.#most = Math.max(FEWEST, 2 ** Math.floor(Math.log2(records)));
    this.#heads = new Int32Array(this.#most);
    this.#words = words;
  }

  /** Memory that it takes at most. */
  get bytes(): number {
    return this.#heads.byteLength;
  }

  /** Begins anew with other words, and gives memory back at once. */
  clear(words: Int32Array): void {
    this.#heads.buffer.transfer(0);
    this.#heads = new Int32Array(this.#most);
    this.#words = words;
    this.#chains = FEWEST;
    this.#mask = FEWEST - 1;
    this.#records = 0;
  }

  /** The record of a source with this hash, -1 if it has none. */
  find(source: Uint32Array, hash: number): number {
    const words = this.#words;
    const high = source[2]! | 0;
    const low = source[3]! | 0;
    let record = this.#heads[this.#chainOf(hash)]! - 1;
    for (; record >= 0; record = words[record * UNIT + NEXT]! - 1) {
      const at = record * UNIT;
      if (words[at + 3] !== low || words[at + 2] !== high) continue;
      if (words[at + 1] === (source[1]! | 0) && words[at] === (source[0]! | 0)) break;
    }
    return record;
  }

  /** Lets a record be found. */
  enter(record: number, hash: number): void {
    if (++this.#records > this.#chains && this.#chains < this.#most) this.#divide();
    this.#link(record, this.#chainOf(hash));
  }

  /** Lets a record be found no more. */
  leave(record: number, hash: number): void {
    const chain = this.#chainOf(hash);
    this.#records--;
    const next = this.#words[record * UNIT + NEXT]!;
    let before = this.#heads[chain]! - 1;
    if (before === record) {
      this.#heads[chain] = next;
      return;
    }
    while (this.#words[before * UNIT + NEXT] !== record + 1) {
      before = this.#words[before * UNIT + NEXT]! - 1;
    }
    this.#words[before * UNIT + NEXT] = next;
  }

  #chainOf(hash: number): number {
    const chain = hash & this.#mask;
    return chain < this.#chains ? chain : chain & (this.#mask >>> 1);
  }

  #link(record: number, chain: number): void {
    this.#words[record * UNIT + NEXT] = this.#heads[chain]!;
    this.#heads[chain] = record + 1;
  }

  /** Makes one chain more, of what another had too many of. */
  #divide(): void {
    if (this.#chains > this.#mask) this.#mask = 2 * this.#mask + 1;
    const divided = this.#chains++ & (this.#mask >>> 1);
    let record = this.#heads[divided]! - 1;
    this.#heads[divided] = 0;
    while (record >= 0) {
      const next = this.#words[record * UNIT + NEXT]! - 1;
      this.#link(record, this.#chainOf(this.#hashOf(record)));
      record = next;
    }
  }
}
