/**
 * Memory for what is kept of all sources: entries of one size in one array, which never
 * grows. Entries that were never used take none of the machine's memory.
 *
 *     word 0   mark (see mark.ts); of a use: the number of the sequence
 *     word 1   print: what tells the packet from others with the same mark; of a use: a time
 *     word 2   time, in ticks (see ticks.ts)
 *     word 3   kind and running number (see entry_kind.ts)
 *     word 4   the next entry of its list, 0 for none
 *     word 5   the next entry with a like print, 0 for none
 *
 * @module
 */

const WORDS = 6;

/** Entries with numbers from 1. */
export class Entries {
  readonly #capacity: number;
  readonly #buckets: number;
  #words!: Int32Array<ArrayBuffer>;
  /** The first entry of each chain of like prints. */
  #heads!: Int32Array<ArrayBuffer>;
  #used = 0;
  #free = 0;
  #room = 0;

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

  /** Forgets everything and gives the memory back, at once: a collection may be far off. */
  clear(): void {
    this.#words.buffer.transfer(0);
    this.#heads.buffer.transfer(0);
    this.#allocate();
  }

  #allocate(): void {
    this.#words = new Int32Array((this.#capacity + 1) * WORDS);
    this.#heads = new Int32Array(this.#buckets);
    this.#used = 0;
    this.#free = 0;
    this.#room = this.#capacity;
  }

  /** How many entries are free. */
  get room(): number {
    return this.#room;
  }

  /** An entry that was free; there must be one. */
  take(mark: number, print: number, time: number, kind: number): number {
    this.#room--;
    const entry = this.#free !== 0 ? this.#free : ++this.#used;
    if (this.#free !== 0) this.#free = this.link(entry);
    const at = entry * WORDS;
    this.#words[at] = mark;
    this.#words[at + 1] = print;
    this.#words[at + 2] = time;
    this.#words[at + 3] = kind;
    this.#words[at + 4] = 0;
    return entry;
  }

  /** Gives an entry back that no list and no chain has. */
  giveBack(entry: number): void {
    this.#room++;
    this.#words[entry * WORDS + 4] = this.#free;
    this.#free = entry;
  }

  /** The mark of an entry, signed. */
  mark(entry: number): number {
    return this.#words[entry * WORDS]!;
  }

  /** The print of an entry. */
  print(entry: number): number {
    return this.#words[entry * WORDS + 1]!;
  }

  /** The time of an entry. */
  time(entry: number): number {
    return this.#words[entry * WORDS + 2]!;
  }

  /** The kind of an entry. */
  kind(entry: number): number {
    return this.#words[entry * WORDS + 3]!;
  }

  /** Changes the kind of an entry. */
  setKind(entry: number, kind: number): void {
    this.#words[entry * WORDS + 3] = kind;
  }

  /** The next entry of its list. */
  link(entry: number): number {
    return this.#words[entry * WORDS + 4]!;
  }

  /** Changes the next entry of its list. */
  setLink(entry: number, next: number): void {
    this.#words[entry * WORDS + 4] = next;
  }

  /** The first entry with a print like this one. */
  like(print: number): number {
    return this.#heads[print & (this.#buckets - 1)]!;
  }

  /** The next one after it. */
  nextLike(entry: number): number {
    return this.#words[entry * WORDS + 5]!;
  }

  /** Lets an entry be found by its print. */
  enter(entry: number): void {
    const bucket = this.print(entry) & (this.#buckets - 1);
    this.#words[entry * WORDS + 5] = this.#heads[bucket]!;
    this.#heads[bucket] = entry;
  }

  /** Lets an entry be found no more. */
  leave(entry: number): void {
    const bucket = this.print(entry) & (this.#buckets - 1);
    const next = this.nextLike(entry);
    if (this.#heads[bucket] === entry) {
      this.#heads[bucket] = next;
      return;
    }
    let before = this.#heads[bucket]!;
    while (this.nextLike(before) !== entry) before = this.nextLike(before);
    this.#words[before * WORDS + 5] = next;
  }

  /** Changes the marks of all entries, used or not. */
  changeMarks(changed: (mark: number, kind: number) => number): void {
    for (let entry = 1; entry <= this.#used; entry++) {
      this.#words[entry * WORDS] = changed(this.mark(entry), this.kind(entry));
    }
  }
}
