/** Sees to it that the table stays as it was made, whatever other programs do. */

import type { System } from "../system.ts";
import type { ChangeFeed } from "./change_feed.ts";

/** What is done about changes. */
export interface Mending {
  /** Makes the table whole; whether it was not. */
  mend(): boolean;
  /** Compares who may pass with who knocked. */
  reconcile(): void;
}

export interface TableWatchOptions {
  readonly feed: ChangeFeed;
  readonly system: Pick<System, "monotonic" | "schedule">;
  /** The port ids of our own transactions, as far as they are known. */
  readonly own: readonly number[];
  readonly mending: Mending;
  /** Called when the table was made whole. */
  readonly onMended: () => void;
}

/** Between two looks at the table: two programs at odds must not take the machine. */
const MEND_MS = 100;
/** Between two looks at who may pass. */
const RECONCILE_MS = 1000;

export class TableWatch implements Disposable {
  readonly #options: TableWatchOptions;
  readonly #mend: () => void;
  readonly #reconcile: () => void;
  #cancels: (() => void)[] = [];

  constructor(options: TableWatchOptions) {
    this.#options = options;
    const { mending, onMended } = options;
    this.#mend = this.#atMostEvery(MEND_MS, () => {
      if (mending.mend()) onMended();
    });
    this.#reconcile = this.#atMostEvery(RECONCILE_MS, () => mending.reconcile());
    void this.#watch();
  }

  [Symbol.dispose](): void {
    this.#options.feed[Symbol.dispose]();
    for (const cancel of this.#cancels) cancel();
  }

  async #watch(): Promise<void> {
    const { feed } = this.#options;
    const own = new Set(this.#options.own);
    try {
      for (;;) {
        const authors = await feed.next();
        if (authors === undefined) return;
        if (authors.isSubsetOf(own)) continue;
        this.#mend();
        this.#reconcile();
      }
    } catch (error) {
      this.#watchAgain(error);
    }
  }

  /** A timer whose work fails is said and comes again: then nobody knows what was missed. */
  #watchAgain(error: unknown): void {
    let said = false;
    this.#options.system.schedule(0, () => {
      if (!said) {
        said = true;
        throw error;
      }
      void this.#watch();
      this.#mend();
      this.#reconcile();
    });
  }

  /** At once, or as soon as the time is over; a timer whose work fails tries again. */
  #atMostEvery(ms: number, act: () => void): () => void {
    const { system } = this.#options;
    let last = -Infinity;
    let planned = false;
    const index = this.#cancels.push(() => {}) - 1;
    return () => {
      if (planned) return;
      planned = true;
      const wait = Math.max(0, last + ms - system.monotonic());
      this.#cancels[index] = system.schedule(wait, () => {
        last = system.monotonic();
        act();
        planned = false;
      });
    };
  }
}
