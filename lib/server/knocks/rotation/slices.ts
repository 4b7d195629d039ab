/** Much work in small slices, so that packets never wait for it. */

import type { System } from "../../system.ts";

type Timers = Pick<System, "monotonic" | "schedule">;

/** What a piece of work was, or that none is left. */
export type Piece = "urgent" | "spare" | "done";

/** A slice ends with the first piece that ends later than this. */
const SLICE_MS = 1;
/** The first slice: whoever knocks as soon as the daemon hears must not be a stranger. */
const FIRST_SLICE_MS = 100;
/** Between slices, while a door does not know all sequences that open it. */
const URGENT_PAUSE_MS = 1;
/** Between slices of what has time until the next step: a tenth of the time is enough. */
const SPARE_PAUSE_MS = 9;

/** Does pieces of work until none is left. */
export class Slices {
  readonly #system: Timers;
  readonly #work: () => Piece;
  #cancel: (() => void) | undefined;

  /** Each call of `work` does one piece, in far less than a millisecond. */
  constructor(system: Timers, work: () => Piece) {
    this.#system = system;
    this.#work = work;
  }

  /** Does the first slice, before there are packets that could wait for it. */
  begin(): void {
    this.#slice(FIRST_SLICE_MS);
  }

  /** Does a slice now, and the rest later. */
  run(): void {
    this.#slice(SLICE_MS);
  }

  #slice(length: number): void {
    this.stop();
    const end = this.#system.monotonic() + length;
    let urgent = false;
    do {
      const piece = this.#work();
      if (piece === "done") return;
      urgent ||= piece === "urgent";
    } while (this.#system.monotonic() < end);
    const pause = urgent ? URGENT_PAUSE_MS : SPARE_PAUSE_MS;
    this.#cancel = this.#system.schedule(pause, () => this.run());
  }

  /** Leaves the rest undone. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
