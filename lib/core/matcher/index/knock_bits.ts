/** A bit for each knock: what is asked for with each packet stays at hand. */

import { KNOCKS } from "./mark.ts";

/** Knocks, or ports, of which some are set. */
export class KnockBits {
  readonly #words = new Int32Array(KNOCKS / 32);

  /** Whether one is set. */
  has(knock: number): boolean {
    return (this.#words[knock >>> 5]! >>> (knock & 31) & 1) === 1;
  }

  /** Sets one, or takes it out. */
  set(knock: number, isSet: boolean): void {
    const bit = 1 << (knock & 31);
    if (isSet) this.#words[knock >>> 5]! |= bit;
    else this.#words[knock >>> 5]! &= ~bit;
  }
}
