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

/** From a look at a table that was whole to the next. */
const LOOK_MS = 10;
/** The same, in times of what the look took: who changes much must not take the machine. */
const REST = 10;
/** From where it was made whole to the next look, as two programs may be at odds. */
const MEND_MS = 100;
/** From a look at whoever may pass to the next. */
const RECONCILE_MS = 1000;

export class TableWatch implements Disposable {
  readonly #options: TableWatchOptions;
  readonly #mend: () => void;
  readonly #reconcile: () => void;
  #cancels: (() => void)[] = [];

  constructor(options: TableWatchOptions) {
    this.#options = options;
    const { mending, onMended } = options;
    this.#mend = this.#withRests(() => {
      if (!mending.mend()) return LOOK_MS;
      onMended();
      return MEND_MS;
    });
    this.#reconcile = this.#withRests(() => {
      mending.reconcile();
      return RECONCILE_MS;
    });
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

  /** At once, or when the rest is over that it asked for; a timer whose work fails tries again. */
  #withRests(act: () => number): () => void {
    const { system } = this.#options;
    let next = -Infinity;
    let planned = false;
    const index = this.#cancels.push(() => {}) - 1;
    return () => {
      if (planned) return;
      planned = true;
      const wait = Math.max(0, next - system.monotonic());
      this.#cancels[index] = system.schedule(wait, () => {
        const begun = system.monotonic();
        const rest = act();
        const over = system.monotonic();
        next = over + Math.max(rest, REST * (over - begun));
        planned = false;
      });
    };
  }
}
