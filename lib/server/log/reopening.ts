/**
 * Opening log files anew, when a reload or logrotate asks for it, until it is done: what
 * goes on being written to a file that was moved away is soon deleted with it.
 */

import type { System } from "../system.ts";
import type { Destination } from "./destination.ts";

/** Between two tries, in milliseconds. */
const RETRY_MS = 10_000;

export class Reopening {
  readonly #destinations: readonly Destination[];
  readonly #system: Pick<System, "schedule">;
  #cancel = () => {};

  /** Of these, those that can be. */
  constructor(destinations: readonly Destination[], system: Pick<System, "schedule">) {
    this.#destinations = destinations;
    this.#system = system;
  }

  /** Opens all of them, and those that fail again and again. */
  begin(destinations = this.#destinations): void {
    this.stop();
    const failed = destinations.filter(({ reopen }) => reopen?.() === false);
    if (failed.length === 0) return;
    this.#cancel = this.#system.schedule(RETRY_MS, () => this.begin(failed));
  }

  /** Tries no more. */
  stop(): void {
    this.#cancel();
    this.#cancel = () => {};
  }
}
