/**
 * The lock-out guard: a daemon on trial closes everything and stops, unless somebody who
 * can still reach the machine confirms it.
 */

import type { System } from "./system.ts";

/** A trial that runs, or is over. */
export class Trial {
  readonly #system: System;
  readonly #endsAt: number;
  readonly #cancel: () => void;
  readonly #failed = Promise.withResolvers<void>();
  #running = true;

  /** Starts a trial of so many seconds. */
  constructor(seconds: number, system: System) {
    this.#system = system;
    this.#endsAt = system.monotonic() + seconds * 1000;
    this.#cancel = system.schedule(seconds * 1000, () => {
      this.#running = false;
      this.#failed.resolve();
    });
  }

  /** Settles if nobody confirms it in time. */
  get failed(): Promise<void> {
    return this.#failed.promise;
  }

  /** Seconds left, while it runs. */
  get left(): number | undefined {
    if (!this.#running) return undefined;
    return Math.max(0, (this.#endsAt - this.#system.monotonic()) / 1000);
  }

  /** Lets the daemon run on; whether there was something to confirm. */
  confirm(): boolean {
    const confirmed = this.#running;
    this.#running = false;
    this.#cancel();
    return confirmed;
  }
}
