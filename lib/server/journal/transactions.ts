/**
 * Transactions with the places where a test may pull the plug.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { journalFailure } from "./journal_error.ts";

/** What the journal can be doing when the power goes. */
export type Operation =
  | "create"
  | "spend"
  | "settle"
  | "resync"
  | "begin"
  | "spend and begin"
  | "note"
  | "batch";

/** Right before something is on the disk, or right after. */
export type JournalPoint = `${"before" | "after"} ${Operation}`;

/** Runs work in transactions; one inside another is part of it. */
export class Transactions {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #onPoint: (point: JournalPoint) => void;
  readonly #begin;
  readonly #commit;

  /** Transactions on the database at `path`. */
  constructor(db: DatabaseSync, path: string, onPoint: (point: JournalPoint) => void) {
    this.#db = db;
    this.#path = path;
    this.#onPoint = onPoint;
    this.#begin = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
  }

  /** Does all of the work, durably, or none of it. */
  run<T>(operation: Operation, work: () => T): T {
    if (this.#db.isTransaction) return work();
    let result: T;
    try {
      this.#begin.run();
      result = work();
      this.#onPoint(`before ${operation}`);
      this.#commit.run();
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw journalFailure(this.#path, error);
    }
    this.#onPoint(`after ${operation}`);
    return result;
  }
}
