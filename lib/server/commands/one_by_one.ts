/** Commands of one door and address run one after the other. */

interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

/** Who runs, and who waits for it, by door and address. */
export class OneByOne {
  readonly #lines = new Map<string, Line>();

  /** Calls `begin` when nothing of this key runs, at once if that is so now. */
  wait(key: string, begin: () => void): void {
    const line = this.#line(key);
    if (line.running > 0 || line.waiting.length > 0) line.waiting.push(begin);
    else {
      line.running++;
      begin();
    }
  }

  /** Goes past those who wait. */
  join(key: string): void {
    this.#line(key).running++;
  }

  /** One that ran, of either kind, is over. */
  leave(key: string): void {
    const line = this.#lines.get(key)!;
    line.running--;
    if (line.running > 0) return;
    const next = line.waiting.shift();
    if (next === undefined) this.#lines.delete(key);
    else {
      line.running++;
      next();
    }
  }

  #line(key: string): Line {
    return this.#lines.getOrInsertComputed(key, () => ({ running: 0, waiting: [] }));
  }
}
