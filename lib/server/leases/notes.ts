/**
 * What the journal is told of a lease once its door may be open. Writing may fail then,
 * closing must not: what is missing makes the next start close again.
 *
 * @module
 */
import { Failure } from "../../core/failure.ts";
import type { Journal } from "../journal/journal.ts";
import type { Lease } from "./lease.ts";
import type { Report } from "../log/report.ts";

/** Keeps the journal up to date on leases. */
export class LeaseNotes {
  readonly #journal: Journal;
  readonly #report: Report;
  /** Leases that are over, though the journal could not be told yet. */
  readonly #ended = new Set<number>();

  constructor(journal: Journal, report: Report) {
    this.#journal = journal;
    this.#report = report;
  }

  /** Its start command succeeded. */
  opened({ id }: Lease): void {
    this.#write(() => this.#journal.markLease(id, "open"));
  }

  /** It closes later. */
  extended({ id }: Lease, closesAt: number, openFor: number): void {
    this.#write(() => this.#journal.extendLease(id, closesAt, openFor));
  }

  /** Its stop command is about to run. */
  closing({ id, failures }: Lease): void {
    this.#write(() => this.#journal.markLease(id, "closing", failures));
  }

  /** Its stop command has failed: it is open still, unless there is doubt. */
  failed({ id, failures, doubtful }: Lease): void {
    const stage = doubtful ? "closing" : "open";
    this.#write(() => this.#journal.markLease(id, stage, failures));
  }

  /** It is closed, or was never opened. */
  ended({ id }: Lease): void {
    this.#ended.add(id);
    this.catchUp();
  }

  /** Tells the journal what it could not be told before. */
  catchUp(): void {
    if (this.#ended.size === 0) return;
    this.#write(() => {
      this.#journal.batch(() => {
        for (const id of this.#ended) this.#journal.endLease(id);
      });
      this.#ended.clear();
    });
  }

  #write(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#report.trouble(error.message);
    }
  }
}
