/** So much is under way at once, and no more. */

interface Waiting {
  readonly begin: (free: boolean) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** So many places; who finds none waits for one, in the order of coming. */
export class Throttle {
  readonly #waiting = new Set<Waiting>();
  #free: number;

  /** All free. */
  constructor(count: number) {
    this.#free = count;
  }

  /** Takes a place, to be given back; false if none is free for so many milliseconds. */
  async take(ms: number): Promise<boolean> {
    if (this.#free > 0) {
      this.#free--;
      return true;
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => {
      this.#waiting.delete(waiting);
      resolve(false);
    }, ms);
    const waiting = { begin: resolve, timer };
    this.#waiting.add(waiting);
    return await promise;
  }

  /** Gives a place back: to the one that has waited longest. */
  giveBack(): void {
    for (const waiting of this.#waiting) {
      this.#waiting.delete(waiting);
      clearTimeout(waiting.timer);
      return waiting.begin(true);
    }
    this.#free++;
  }
}
