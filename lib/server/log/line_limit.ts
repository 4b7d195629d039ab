/** Keeps a flood of events from becoming a flood of lines. */

import type { System } from "../system.ts";

/** A flood of packets, or of what follows from them, must not fill a disk. */
const LINES = 50;
const SECOND_MS = 1000;

/** How many lines of a kind pass, and in what time. */
export interface LinesInTime {
  /** With 0 none does: all are counted. */
  readonly lines?: number;
  readonly windowMs?: number;
}

/** Lets so many lines of a kind pass, and says how many more there were. */
export class LineLimit {
  readonly #system: Pick<System, "schedule">;
  readonly #sayMore: (kind: string, count: number) => void;
  readonly #lines: number;
  readonly #windowMs: number;
  readonly #counts = new Map<string, number>();
  #cancel: (() => void) | undefined;

  /** Kinds are the program's or the config's words, never the network's: there are few. */
  constructor(
    system: Pick<System, "schedule">,
    sayMore: (kind: string, count: number) => void,
    { lines = LINES, windowMs = SECOND_MS }: LinesInTime = {},
  ) {
    this.#system = system;
    this.#sayMore = sayMore;
    this.#lines = lines;
    this.#windowMs = windowMs;
  }

  /**
   * It happened once more: may a line say it? A flood asks for every packet: no clock is
   * read, and nothing made, for each.
   */
  admits(kind: string): boolean {
    this.#cancel ??= this.#system.schedule(this.#windowMs, this.flush);
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return count <= this.#lines;
  }

  /** Ends the time, and says what was left out in it. */
  readonly flush = (): void => {
    this.#cancel?.();
    this.#cancel = undefined;
    const counts = [...this.#counts];
    this.#counts.clear();
    for (const [kind, count] of counts) {
      if (count > this.#lines) this.#sayMore(kind, count - this.#lines);
    }
  };
}
