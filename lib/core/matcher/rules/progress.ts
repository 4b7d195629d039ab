/** How far one packet brought the knocks on each door. */

import type { Hit } from "../../hit.ts";

/** The sequence of each door that came furthest: on a rotating door many share a port. */
export class Progress {
  #stages = new Uint8Array(0);
  #rows = new Int32Array(0);
  /** The doors with progress. A flood makes progress on first ports: nothing is allocated. */
  #touched = new Int32Array(0);
  #count = 0;

  /** A door's sequence has come this far. */
  note(door: number, row: number, stage: number): void {
    if (door >= this.#stages.length) this.#grow(door + 1);
    const before = this.#stages[door]!;
    if (stage <= before) return;
    if (before === 0) this.#touched[this.#count++] = door;
    this.#stages[door] = stage;
    this.#rows[door] = row;
  }

  /** Tells what was noted of a hit, and forgets it. */
  tell(advanced: (row: number, stage: number, hit: Hit) => void, hit: Hit): void {
    const count = this.#count;
    this.#count = 0;
    for (let i = 0; i < count; i++) {
      const door = this.#touched[i]!;
      const stage = this.#stages[door]!;
      this.#stages[door] = 0;
      advanced(this.#rows[door]!, stage, hit);
    }
  }

  #grow(doors: number): void {
    const room = 2 * doors;
    this.#stages = new Uint8Array(this.#stages.buffer.transfer(room));
    this.#rows = new Int32Array(this.#rows.buffer.transfer(4 * room));
    this.#touched = new Int32Array(this.#touched.buffer.transfer(4 * room));
  }
}
