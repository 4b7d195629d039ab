/** A clock that the packets of a recording move on. */

import type { System } from "../system.ts";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Time as the recording had it: it stands still between two packets. */
export class PacketClock implements Pick<System, "now" | "monotonic" | "schedule"> {
  readonly #timers = new Set<Timer>();
  #now = 0;
  #next = Infinity;

  /** The latest packet's time, Unix milliseconds. */
  readonly now = (): number => this.#now;

  /** The same: a recording has no other clock. */
  readonly monotonic = (): number => this.#now;

  /** Runs something once the packets are so much later. */
  schedule(delayMs: number, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), run };
    this.#timers.add(timer);
    this.#next = Math.min(this.#next, timer.at);
    return () => void this.#timers.delete(timer);
  }

  /** Lets time pass until a packet; what was due by then has run, in its order. */
  advance(time: number): void {
    while (this.#next <= time) this.#runNext(time);
    // Packets of several interfaces may be a little out of order.
    this.#now = Math.max(this.#now, time);
  }

  /** Lets so much time pass that all that is known to come has come. */
  finish(afterMs: number): void {
    this.advance(this.#now + afterMs);
  }

  #runNext(time: number): void {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= time && (first === undefined || timer.at < first.at)) first = timer;
    }
    if (first !== undefined) {
      this.#timers.delete(first);
      this.#now = Math.max(this.#now, first.at);
      first.run();
    }
    this.#next = Math.min(Infinity, ...[...this.#timers].map(({ at }) => at));
  }
}
