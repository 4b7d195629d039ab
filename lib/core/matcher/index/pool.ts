/** Memory for many small lists of integers. */

/** Rooms of several sizes in one array of 32-bit words that grows. */
export class Pool {
  #words = new Int32Array(64);
  #end = 0;
  /** Rooms that were given back, by their size. */
  readonly #free = new Map<number, number[]>();

  /** All words, until a room is taken. */
  get words(): Int32Array {
    return this.#words;
  }

  /** Where a room of so many words begins; what is in it is undefined. */
  take(size: number): number {
    const reused = this.#free.get(size)?.pop();
    if (reused !== undefined) return reused;
    const start = this.#end;
    this.#end += size;
    if (this.#end > this.#words.length) {
      const bytes = 2 * this.#end * Int32Array.BYTES_PER_ELEMENT;
      this.#words = new Int32Array(this.#words.buffer.transfer(bytes));
    }
    return start;
  }

  /** Gives a room back. */
  giveBack(start: number, size: number): void {
    const free = this.#free.get(size);
    if (free === undefined) this.#free.set(size, [start]);
    else free.push(start);
  }
}
