/**
 * What the journal is told of a lease once its door may be open. Writing may fail then,
 * closing must not: what is missing makes the next start close again.
 */

import { Failure } from "../../core/failure.ts";
import type { Journal } from "../journal/journal.ts";
import type { LeaseReport } from "../log/lease_report.ts";
import type { System } from "../system.ts";
import type { Lease } from "./lease.ts";
import { rowOf } from "./row.ts";

/** When the journal is told again what it could not be told. */
const RETRY_MS = 10_000;

/** Keeps the journal up to date on leases, with one commit for many of them. */
export class LeaseNotes {
  readonly #journal: Journal;
  readonly #report: LeaseReport;
  readonly #system: Pick<System, "schedule">;
  readonly #changed = new Set<Lease>();
  #cancel: (() => void) | undefined;
  #failing = false;
  /** Whether a row is there of a lease that is over. */
  #someOver = false;

  constructor(journal: Journal, report: LeaseReport, system: Pick<System, "schedule">) {
    this.#journal = journal;
    this.#report = report;
    this.#system = system;
  }

  /** It has changed: the journal is told soon, or with the next that has to be told. */
  later(lease: Lease): void {
    if (lease.promised.id === undefined) return;
    this.#changed.add(lease);
    this.#someOver ||= lease.state.stage === "over";
    this.#cancel ??= this.#system.schedule(0, () => this.now());
  }

  /**
   * Tells the journal now of leases that are over: a door that opens anew would be closed on
   * behalf of the old one, too, should the daemon die in between.
   */
  forgetOver(): void {
    if (this.#someOver) this.now();
  }

  /** Tells the journal all that has changed, now; whether it could be told. */
  now(): boolean {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#changed.size === 0) return true;
    try {
      this.#write();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (!this.#failing) this.#report.notNoted(error.message);
      this.#failing = true;
      this.#cancel = this.#system.schedule(RETRY_MS, () => this.now());
      return false;
    }
    this.#failing = false;
    return true;
  }

  /** Tells the journal for the last time. */
  close(): void {
    this.now();
    this.#cancel?.();
  }

  #write(): void {
    const rows = [...this.#changed].map((lease) => {
      return { id: lease.promised.id!, changes: rowOf(lease) };
    });
    const garbled = this.#journal.noteLeases(rows);
    for (const { id, problem } of garbled) this.#report.garbled(id, problem);
    this.#changed.clear();
    this.#someOver = false;
  }
}
