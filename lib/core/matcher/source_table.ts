/**
 * Who hit what lately: a bounded history of hits for each source.
 *
 * A set-associative table in typed arrays: a source is in one of eight ways of the set that
 * its hash names, and where all are taken, the one that was quiet longest goes. A flood from
 * any number of sources allocates nothing and costs the same a packet.
 *
 * Memory that was never written to takes none of the machine's. So records get their
 * numbers in the order in which they are needed, and the hits of a record are kept in
 * planes, all first hits together, then all second hits: the thousands of records that a
 * flood of forged sources makes have one or two hits each.
 *
 * @module
 */
import { hashWords, sameWords } from "./words.ts";

const WAYS = 8;

/** A bounded history of hits for each of a bounded number of sources. */
export class SourceTable {
  /** Hits that a record holds at most. */
  readonly depth: number;
  readonly #seed: number;
  readonly #sources: number;
  /** Of each way: the hash of its source; the number of its record plus one, 0 for none. */
  #ways!: Uint32Array<ArrayBuffer>;
  /** Of each record: its source and its number of hits. */
  #words!: Uint32Array<ArrayBuffer>;
  #counts!: Uint8Array<ArrayBuffer>;
  /** Of each hit, in planes. */
  #marks!: Uint32Array<ArrayBuffer>;
  #identities!: Uint32Array<ArrayBuffer>;
  #times!: Float64Array<ArrayBuffer>;
  #used = 0;

  /**
   * A table without any record.
   *
   * @param sources records at most; a power of two, at least 8
   * @param depth hits a record at most, up to 255
   * @param seed a secret number, so that nobody can choose sources that fall together
   */
  constructor(sources: number, depth: number, seed: number) {
    this.#sources = sources;
    this.depth = depth;
    this.#seed = seed;
    this.#allocate();
  }

  /** Forgets everything and gives the memory back, at once: a collection may be far off. */
  clear(): void {
    for (const plane of this.#planes()) plane.buffer.transfer(0);
    this.#allocate();
  }

  #allocate(): void {
    const hits = this.#sources * this.depth;
    this.#ways = new Uint32Array(this.#sources * 2);
    this.#words = new Uint32Array(this.#sources * 4);
    this.#counts = new Uint8Array(this.#sources);
    this.#marks = new Uint32Array(hits);
    this.#identities = new Uint32Array(hits);
    this.#times = new Float64Array(hits);
    this.#used = 0;
  }

  #planes() {
    const hits = [this.#marks, this.#identities, this.#times];
    return [this.#ways, this.#words, this.#counts, ...hits];
  }

  /** The record of a source, -1 if it has none. */
  find(source: Uint32Array): number {
    const tag = hashWords(source, this.#seed);
    const set = this.#set(tag);
    for (let way = set; way < set + WAYS; way++) {
      if (this.#ways[2 * way] !== tag) continue;
      const record = this.#recordOf(way);
      if (record >= 0 && sameWords(this.#words, record * 4, source)) return record;
    }
    return -1;
  }

  /** Makes an empty record for a source that has none, in place of the oldest one. */
  create(source: Uint32Array): number {
    const tag = hashWords(source, this.#seed);
    const way = this.#oldestWay(this.#set(tag));
    if (this.#recordOf(way) < 0) this.#ways[2 * way + 1] = ++this.#used;
    const record = this.#recordOf(way);
    this.#ways[2 * way] = tag;
    this.#words.set(source, record * 4);
    this.#counts[record] = 0;
    return record;
  }

  /** The record of a way, -1 if it has none yet. */
  #recordOf(way: number): number {
    return this.#ways[2 * way + 1]! - 1;
  }

  /** The way of a set that is free, or the one whose source was quiet longest. */
  #oldestWay(set: number): number {
    let oldest = set;
    let since = Infinity;
    for (let way = set; way < set + WAYS; way++) {
      const record = this.#recordOf(way);
      const count = record < 0 ? 0 : this.#counts[record]!;
      if (count === 0) return way;
      const newest = this.time(record, count - 1);
      if (newest < since) [oldest, since] = [way, newest];
    }
    return oldest;
  }

  /** Hits in a record. */
  count(record: number): number {
    return this.#counts[record]!;
  }

  /** The mark of a record's hit; index 0 is the oldest hit. */
  mark(record: number, index: number): number {
    return this.#marks[this.#cell(record, index)]!;
  }

  /** Copies the marks of a record's hits, the oldest first; gives their number. */
  copyMarks(record: number, into: Uint32Array): number {
    const count = this.#counts[record]!;
    for (let i = 0; i < count; i++) into[i] = this.#marks[this.#cell(record, i)]!;
    return count;
  }

  /** What tells the packet of a hit from others with the same mark. */
  identity(record: number, index: number): number {
    return this.#identities[this.#cell(record, index)]!;
  }

  /** When a record's hit came, milliseconds since the epoch. */
  time(record: number, index: number): number {
    return this.#times[this.#cell(record, index)]!;
  }

  /** Adds the newest hit to a record, which must not be full. */
  push(record: number, mark: number, identity: number, time: number): void {
    const cell = this.#cell(record, this.#counts[record]!++);
    this.#marks[cell] = mark;
    this.#identities[cell] = identity;
    this.#times[cell] = time;
  }

  /** Takes a hit out of a record. */
  drop(record: number, index: number): void {
    const step = this.#sources;
    const last = --this.#counts[record]! * step + record;
    for (let cell = index * step + record; cell < last; cell += step) {
      this.#marks[cell] = this.#marks[cell + step]!;
      this.#identities[cell] = this.#identities[cell + step]!;
      this.#times[cell] = this.#times[cell + step]!;
    }
  }

  /** Where a hit of a record is. */
  #cell(record: number, index: number): number {
    return index * this.#sources + record;
  }

  #set(tag: number): number {
    return (tag & (this.#sources / WAYS - 1)) * WAYS;
  }
}
