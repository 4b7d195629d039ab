/**
 * What the packets of a moment open, together: one commit for many of them.
 *
 * @module
 */
import type { Opening } from "../../core/door.ts";

/** As many as are kept for one commit. */
const MOST = 256;

/** Who opens doors. */
export interface Opener {
  /** Opens doors for those who knocked, with one commit; says if it can't. */
  openAll(openings: readonly Opening[]): unknown;
}

/** Openings of a batch of packets, which is over when nothing else is to be done at once. */
export class Openings {
  readonly #opener: Opener;
  readonly #onFault: (error: unknown) => void;
  #waiting: Opening[] = [];

  /** Hands openings on, in their order; a fault is not the next packet's trouble. */
  constructor(opener: Opener, onFault: (error: unknown) => void) {
    this.#opener = opener;
    this.#onFault = onFault;
  }

  /** One that works only once is handed on at once: what follows depends on it. */
  add(opening: Opening): void {
    if (this.#waiting.push(opening) === 1) queueMicrotask(this.#flush);
    if (opening.counter !== undefined || this.#waiting.length === MOST) this.#flush();
  }

  readonly #flush = () => {
    const openings = this.#waiting;
    this.#waiting = [];
    if (openings.length === 0) return;
    try {
      this.#opener.openAll(openings);
    } catch (error) {
      this.#onFault(error);
    }
  };
}
