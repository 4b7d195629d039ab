/** A clock that the packets of a recording move on. */

import type { System } from "../system.ts";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Time as the recording had it: it stands still between two packets. */
export class PacketClock implements Pick<System, "now" | "monotonic" | "schedule"> {
  readonly #timers = new Set<Timer>();
  readonly #longest: number;
  #now = 0;
  #latest = 0;
  #next = Infinity;

  /** At 1970; nothing that packets bring about takes longer than so many milliseconds. */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /**
   * The time of the packet at hand, Unix milliseconds. It goes back where recordings were
   * put together, or the clock was set: each packet is read at its own time.
   */
  readonly now = (): number => this.#now;

  /** The latest packet's time, Unix milliseconds. */
  readonly monotonic = (): number => this.#latest;

  /** Runs something once the packets are so much later. */
  schedule(delayMs: number, run: () => void): () => void {
    const timer = { at: this.#latest + Math.max(0, delayMs), run };
    this.#timers.add(timer);
    this.#next = Math.min(this.#next, timer.at);
    return () => void this.#timers.delete(timer);
  }

  /** Lets time pass until a packet; what was due by then has run, in its order. */
  advance(time: number): void {
    const quiet = this.#latest + this.#longest;
    if (time > quiet) {
      if (this.#latest > 0) this.#runUntil(quiet);
      this.#leap(time);
    }
    this.#runUntil(time);
    this.#latest = Math.max(this.#latest, time);
    this.#now = time;
  }

  /** Lets so much time pass that all that is known to come has come. */
  finish(afterMs: number): void {
    this.advance(this.#latest + afterMs);
  }

  /**
   * To the first packet, and where nothing came for long: what is due is done once, and not
   * as often as it would have been in all the time between.
   */
  #leap(time: number): void {
    const due = [...this.#timers].filter(({ at }) => at <= time)
      .sort((one, other) => one.at - other.at);
    this.#now = this.#latest = time;
    for (const timer of due) if (this.#timers.delete(timer)) timer.run();
    this.#next = Math.min(Infinity, ...[...this.#timers].map(({ at }) => at));
  }

  #runUntil(time: number): void {
    while (this.#next <= time) this.#runNext(time);
  }

  #runNext(time: number): void {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= time && (first === undefined || timer.at < first.at)) first = timer;
    }
    if (first !== undefined) {
      this.#timers.delete(first);
      this.#now = this.#latest = Math.max(this.#latest, first.at);
      first.run();
    }
    this.#next = Math.min(Infinity, ...[...this.#timers].map(({ at }) => at));
  }
}
