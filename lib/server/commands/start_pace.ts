/**
 * How many programs are started before everything else has its turn: a start takes the whole
 * daemon a millisecond or two, and on a busy machine ten times as long, and as many places as
 * there are become free at once.
 */

import type { System } from "../system.ts";

/** How long starts go on in one turn of the event loop; at least one is made in each. */
const SLICE_MS = 10;

/** Starts so far apart are no crowd: the next one needs no turn of its own. */
const APART_MS = 20;

/** Makes starts in their order, a few at a time. */
export class StartPace {
  readonly #system: Pick<System, "monotonic" | "schedule">;
  readonly #waiting: (() => void)[] = [];
  #lastAt = -Infinity;
  /** Whether a turn is to come; until when this one may last. */
  #planned = false;
  #end = 0;

  constructor(system: Pick<System, "monotonic" | "schedule">) {
    this.#system = system;
  }

  /** Makes a start, now if this turn has time for it. */
  add(start: () => void): void {
    if (this.#waiting.length > 0) return void this.#waiting.push(start);
    const now = this.#system.monotonic();
    if (!this.#planned && now - this.#lastAt < APART_MS) {
      this.#end = now + SLICE_MS;
      this.#plan();
    }
    if (this.#planned && now >= this.#end) this.#waiting.push(start);
    else this.#make(start);
  }

  #make(start: () => void): void {
    try {
      start();
    } finally {
      this.#lastAt = this.#system.monotonic();
    }
  }

  #plan(): void {
    this.#planned = true;
    this.#system.schedule(0, this.#turn);
  }

  readonly #turn = () => {
    this.#planned = false;
    if (this.#waiting.length === 0) return;
    this.#end = this.#system.monotonic() + SLICE_MS;
    this.#plan();
    do this.#make(this.#waiting.shift()!); while (
      this.#waiting.length > 0 && this.#lastAt < this.#end
    );
  };
}
