/** When to let packets gather: a leaky bucket that heavy traffic fills. */
import { BURST, HEAVY_PER_MS } from "./choices.ts";

/** How full the bucket gets: traffic is heavy for 20 ms beyond its last burst. */
const CAPACITY = 2 * BURST;

/** Tells heavy traffic, in which to gather packets, from quiet, in which to be prompt. */
export class Pace {
  #level = 0;
  #last = 0;

  /** Whether traffic is heavy, some packets having been read at this millisecond. */
  heavy(packets: number, now: number): boolean {
    const leaked = (now - this.#last) * HEAVY_PER_MS;
    this.#last = now;
    this.#level = Math.min(CAPACITY, Math.max(0, this.#level - leaked) + packets);
    return this.#level > BURST;
  }
}
