/** When to let packets gather: a leaky bucket that heavy traffic fills. */
import { BURST, HEAVY_PER_MS } from "./timing.ts";

/** Tells heavy traffic, in which to gather packets, from quiet, in which to be prompt. */
export class Pace {
  readonly #perMs: number;
  readonly #burst: number;
  #level = 0;
  #last = 0;

  /**
   * @param perMs of them a millisecond are heavy in the long run; they are packets by default
   * @param burst so many may come at once
   */
  constructor(perMs = HEAVY_PER_MS, burst = BURST) {
    this.#perMs = perMs;
    this.#burst = burst;
  }

  /** Whether traffic is heavy, some packets having been read at this millisecond. */
  heavy(packets: number, now: number): boolean {
    const leaked = (now - this.#last) * this.#perMs;
    this.#last = now;
    // Full, it is heavy for a while beyond the last burst: 20 ms where packets are counted.
    const level = Math.max(0, this.#level - leaked) + packets;
    this.#level = Math.min(2 * this.#burst, level);
    return this.#level > this.#burst;
  }
}
