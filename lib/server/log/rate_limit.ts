/** Keeps a flood of events from becoming a flood of log lines. */

/** A kind of event, and how many of its lines were left out. */
export interface Suppressed {
  readonly kind: string;
  /** Lines that were not logged. */
  readonly count: number;
}

/** Lines of one kind in the current window. */
interface Tally {
  admitted: number;
  suppressed: number;
}

/** Lets a number of lines a kind through in each window of time. */
export class RateLimit {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #tallies = new Map<string, Tally>();
  #windowStart = -Infinity;

  /** Kinds are the program's own words, never the network's: there are few. */
  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  get windowEnd(): number {
    return this.#windowStart + this.#windowMs;
  }

  /**
   * Says whether a line of this kind may be logged now. Call `endWindow` before, once
   * the window is over.
   */
  admit(kind: string): boolean {
    const none = () => ({ admitted: 0, suppressed: 0 });
    const tally = this.#tallies.getOrInsertComputed(kind, none);
    if (tally.admitted < this.#limit) {
      tally.admitted++;
      return true;
    }
    tally.suppressed++;
    return false;
  }

  /** Starts a window, and tells what the last one left out. */
  endWindow(now: number): Suppressed[] {
    const suppressed: Suppressed[] = [];
    for (const [kind, tally] of this.#tallies) {
      if (tally.suppressed > 0) suppressed.push({ kind, count: tally.suppressed });
    }
    this.#tallies.clear();
    this.#windowStart = now;
    return suppressed;
  }
}
