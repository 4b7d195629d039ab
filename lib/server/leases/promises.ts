/**
 * What is written to the journal before a door opens: what is spent, and the promise to
 * close. When it can't be written, the door stays shut.
 */

import type { Opening } from "../../core/door.ts";
import type { Journal, NewLease } from "../journal/journal.ts";
import { alreadyUsed, spendingOf } from "../journal/spending.ts";

/** Spends and promises. */
export class Promises {
  readonly #journal: Journal;

  /** They are written to a journal. */
  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Spends what an opening uses up; whether there was anything. Throws a Failure. */
  spend(opening: Opening): boolean {
    const spending = spendingOf(opening);
    if (spending === undefined) return false;
    const { series, counter } = spending;
    if (this.#journal.spend(series, counter) === "used") throw alreadyUsed();
    return true;
  }

  /** Spends, and promises to close; the number of the promise. Throws a Failure. */
  spendAndPromise(opening: Opening, lease: NewLease): number {
    const spending = spendingOf(opening);
    if (spending === undefined) return this.#journal.beginLease(lease);
    const { series, counter } = spending;
    const id = this.#journal.spendAndBegin(series, counter, lease);
    if (id === "used") throw alreadyUsed();
    return id;
  }

  /** Does work that writes, with one commit for all of it. */
  together(work: () => void): void {
    this.#journal.batch(work);
  }
}
