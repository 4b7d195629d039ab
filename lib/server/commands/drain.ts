/**
 * How fast is read what commands print and nobody is shown: fast enough that none of them
 * waits for it, and all of them together leave most of a processor to the packets.
 */

import type { System } from "../system.ts";

/** What is read at once: all that a pipe holds. */
export const DRAIN_BYTES = 65_536;

/** Between two such reads, whoever makes them: 64 MB a second, a tenth of a processor. */
const EVERY_MS = 1;

/** Gives each read its turn. */
export class Drain {
  readonly #system: Pick<System, "monotonic" | "schedule">;
  #nextAt = 0;

  constructor(system: Pick<System, "monotonic" | "schedule">) {
    this.#system = system;
  }

  /** Settles when the next read may be made. */
  turn(): Promise<void> {
    const now = this.#system.monotonic();
    this.#nextAt = Math.max(now, this.#nextAt) + EVERY_MS;
    return new Promise((resolve) => {
      this.#system.schedule(this.#nextAt - now, resolve);
    });
  }
}
