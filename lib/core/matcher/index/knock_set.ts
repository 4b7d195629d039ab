/** The knocks of one source, to be asked about again and again. */

import { knockOf, KNOCKS } from "./mark.ts";
import type { View } from "./view.ts";

/** A set of knocks: one bit for each there is. */
export class KnockSet {
  readonly #bits = new Uint32Array(KNOCKS / 32);
  /** The words of which some bits are set, and how many there are. */
  readonly #touched = new Uint16Array(255);
  #count = 0;

  /** Makes it the knocks of those of the first `count` marks that count in a view. */
  fill(marks: Int32Array, count: number, view: View): void {
    this.clear();
    for (let i = 0; i < count; i++) {
      const mark = marks[i]!;
      if (!view.counts(mark)) continue;
      const knock = knockOf(mark);
      this.#bits[knock >>> 5]! |= 1 << (knock & 31);
      this.#touched[this.#count++] = knock >>> 5;
    }
  }

  /** Empties it. */
  clear(): void {
    while (this.#count > 0) this.#bits[this.#touched[--this.#count]!] = 0;
  }

  /** 1 for a knock that is in it, 0 for another. */
  count(knock: number): number {
    return (this.#bits[knock >>> 5]! >>> (knock & 31)) & 1;
  }
}
