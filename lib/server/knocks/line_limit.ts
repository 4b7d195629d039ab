/** How many lines of a kind are written a second. */

import type { Report } from "../log/report.ts";
import type { System } from "../system.ts";

/** A flood of packets must not become a flood of lines. */
const A_SECOND = 50;

/** Lets so many lines of a kind pass, and says how many more there were. */
export class LineLimit {
  readonly #kind: "stage" | "hit";
  readonly #system: Pick<System, "schedule">;
  readonly #report: Report;
  #lines = 0;
  #cancelWindow: (() => void) | undefined;

  constructor(kind: "stage" | "hit", system: Pick<System, "schedule">, report: Report) {
    this.#kind = kind;
    this.#system = system;
    this.#report = report;
  }

  /** A flood asks for every packet: no clock is read, and nothing made, for each. */
  admits(): boolean {
    this.#cancelWindow ??= this.#system.schedule(1000, this.#endWindow);
    return ++this.#lines <= A_SECOND;
  }

  close(): void {
    this.#cancelWindow?.();
    this.#cancelWindow = undefined;
  }

  readonly #endWindow = () => {
    this.#cancelWindow = undefined;
    const count = this.#lines - A_SECOND;
    this.#lines = 0;
    if (count > 0) this.#report.suppressed(this.#kind, count);
  };
}
