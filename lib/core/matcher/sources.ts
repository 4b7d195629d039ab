/**
 * The sources that hit something lately, each with a record: a hash table of a fixed size.
 *
 *     words 0-3  the address
 *     word  4    the next record with a like hash, plus one
 *     word  5    its newest entry (see entries.ts), 0 for none
 *     word  6    its newest repeat, 0 for none: these are a ring, oldest after newest
 *     word  7    how many entries: on own ports, on others, uses, repeats; 8 bits each
 *     word  8    the running number of its newest hit
 *     word  9    the time of its newest hit, in ticks
 *
 * @module
 */
import { ticksBetween } from "./ticks.ts";
import { sameWords } from "./words.ts";

const WORDS = 10;
const COUNTS = 7;
/** A prime, and so one that leads to every record but for its own multiples. */
const STRIDE = 124_021;

/** Where each count is in its word. */
export const Count = { OWN: 0, FOREIGN: 8, USES: 16, REPEATS: 24 } as const;
/** Which count of a record. */
export type Shift = (typeof Count)[keyof typeof Count];

/** Records of sources. */
export class Sources {
  readonly #capacity: number;
  readonly #buckets: number;
  #words!: Uint32Array<ArrayBuffer>;
  #heads!: Int32Array<ArrayBuffer>;
  #used = 0;
  /** Where to look next for records that others may have. */
  #hand = 0;

  /** None yet; `buckets` is a power of two. */
  constructor(capacity: number, buckets: number) {
    this.#capacity = capacity;
    this.#buckets = buckets;
    this.#allocate();
  }

  /** Memory that it takes at most. */
  get bytes(): number {
    return this.#words.byteLength + this.#heads.byteLength;
  }

  /** Forgets everything and gives the memory back, at once. */
  clear(): void {
    this.#words.buffer.transfer(0);
    this.#heads.buffer.transfer(0);
    this.#allocate();
  }

  #allocate(): void {
    this.#words = new Uint32Array(this.#capacity * WORDS);
    this.#heads = new Int32Array(this.#buckets);
    this.#used = 0;
    this.#hand = 0;
  }

  /** Records there are: those with lower numbers. */
  get used(): number {
    return this.#used;
  }

  /** Whether {@linkcode create} makes a record, and does not need one that was freed. */
  get hasRoom(): boolean {
    return this.#used < this.#capacity;
  }

  /** The record of a source with this hash, -1 if it has none. */
  find(source: Uint32Array, hash: number): number {
    let record = this.#heads[hash & (this.#buckets - 1)]! - 1;
    while (record >= 0 && !sameWords(this.#words, record * WORDS, source)) {
      record = this.#words[record * WORDS + 4]! - 1;
    }
    return record;
  }

  /** Makes an empty record, or the empty one that another source had. */
  create(source: Uint32Array, hash: number, record = this.#used++): number {
    const at = record * WORDS;
    const bucket = hash & (this.#buckets - 1);
    for (let i = 0; i < 4; i++) this.#words[at + i] = source[i]!;
    this.#words[at + 4] = this.#heads[bucket]!;
    for (let i = 5; i < WORDS; i++) this.#words[at + i] = 0;
    this.#heads[bucket] = record + 1;
    return record;
  }

  /** Takes a record from its source. */
  release(record: number, hash: number): void {
    const bucket = hash & (this.#buckets - 1);
    const next = this.#words[record * WORDS + 4]!;
    let before = this.#heads[bucket]! - 1;
    if (before === record) {
      this.#heads[bucket] = next;
      return;
    }
    while (this.#words[before * WORDS + 4]! !== record + 1) {
      before = this.#words[before * WORDS + 4]! - 1;
    }
    this.#words[before * WORDS + 4] = next;
  }

  /** The address of a record, as a view. */
  address(record: number): Uint32Array {
    return this.#words.subarray(record * WORDS, record * WORDS + 4);
  }

  /** The newest entry. */
  newest(record: number): number {
    return this.#words[record * WORDS + 5]!;
  }

  /** Changes the newest entry. */
  setNewest(record: number, entry: number): void {
    this.#words[record * WORDS + 5] = entry;
  }

  /** The newest repeat. */
  repeat(record: number): number {
    return this.#words[record * WORDS + 6]!;
  }

  /** Changes the newest repeat. */
  setRepeat(record: number, entry: number): void {
    this.#words[record * WORDS + 6] = entry;
  }

  /** One of its counts. */
  count(record: number, of: Shift): number {
    return (this.#words[record * WORDS + COUNTS]! >>> of) & 0xff;
  }

  /** Adds to one of its counts. */
  add(record: number, of: Shift, amount: number): void {
    this.#words[record * WORDS + COUNTS]! += amount * (1 << of);
  }

  /** How many entries it has. */
  size(record: number): number {
    const counts = this.#words[record * WORDS + COUNTS]!;
    return (counts & 0xff) + (counts >>> 8 & 0xff) + (counts >>> 16 & 0xff) +
      (counts >>> 24);
  }

  /** Counts a hit at a time, and gives its number. */
  tick(record: number, time: number): number {
    const at = record * WORDS;
    this.#words[at + 9] = time;
    return ++this.#words[at + 8]!;
  }

  /** When it was hit last. */
  time(record: number): number {
    return this.#words[record * WORDS + 9]! | 0;
  }

  /** The number of its newest hit. */
  number(record: number): number {
    return this.#words[record * WORDS + 8]!;
  }

  /** Of some records, others each time, the one that was quiet longest. */
  quietest(sample: number, time: number): number {
    let quietest = -1;
    let longest = -Infinity;
    for (let i = Math.min(sample, this.#used); i > 0; i--) {
      const record = this.#turn();
      const quiet = this.size(record) === 0
        ? Infinity
        : ticksBetween(this.time(record), time);
      if (quiet <= longest) continue;
      quietest = record;
      longest = quiet;
    }
    return quietest;
  }

  /** Of some records, others each time, the one with most entries. */
  fattest(sample: number): number {
    let fattest = -1;
    let most = 0;
    for (let i = Math.min(sample, this.#used); i > 0; i--) {
      const record = this.#turn();
      const size = this.size(record);
      if (size <= most) continue;
      fattest = record;
      most = size;
    }
    return fattest;
  }

  /** Neighbours were made one after the other, and are likely to be alike. */
  #turn(): number {
    this.#hand = (this.#hand + STRIDE) % this.#used;
    return this.#hand;
  }
}
