/** How many stage lines a second are written. */

import { RateLimit } from "../log/rate_limit.ts";
import type { Report } from "../log/report.ts";
import type { System } from "../system.ts";

/** A flood on a first port must not become a flood of lines. */
const STAGES_PER_SECOND = 50;

/** Lets so many stage lines pass, and says how many more there were. */
export class StageLimit {
  readonly #system: Pick<System, "monotonic" | "schedule">;
  readonly #report: Report;
  readonly #stages = new RateLimit(STAGES_PER_SECOND, 1000);
  #cancelWindow: (() => void) | undefined;

  constructor(system: Pick<System, "monotonic" | "schedule">, report: Report) {
    this.#system = system;
    this.#report = report;
  }

  /** A flood asks for every packet: no clock is read, and nothing made, for each. */
  admits(): boolean {
    this.#cancelWindow ??= this.#system.schedule(1000, this.#endWindow);
    return this.#stages.admit("stage");
  }

  /** Ends its timer. */
  close(): void {
    this.#cancelWindow?.();
    this.#cancelWindow = undefined;
  }

  readonly #endWindow = () => {
    this.#cancelWindow = undefined;
    for (const { count } of this.#stages.endWindow(this.#system.monotonic())) {
      this.#report.suppressed("stage", count);
    }
  };
}
