/** Transactions with the places where a test may pull the plug. */

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
  readonly #onTakenBack: () => void;
  readonly #begin;
  readonly #commit;
  /** Whether work is being done that one commit will be for. */
  #inside = false;

  /** In a database; `onTakenBack` is called when what was done is undone. */
  constructor(
    db: DatabaseSync,
    path: string,
    onPoint: (point: JournalPoint) => void,
    onTakenBack: () => void,
  ) {
    this.#db = db;
    this.#path = path;
    this.#onPoint = onPoint;
    this.#onTakenBack = onTakenBack;
    this.#begin = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
  }

  /** Whether what is done now is part of more, which is done or taken back as a whole. */
  get isInside(): boolean {
    return this.#inside;
  }

  /** Does all of the work, durably, or none of it. */
  run<T>(operation: Operation, work: () => T): T {
    if (this.#inside) return work();
    let result: T;
    try {
      this.#inside = true;
      // One that could not even be taken back would let what follows go uncommitted.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      this.#begin.run();
      result = work();
      this.#onPoint(`before ${operation}`);
      this.#commit.run();
    } catch (error) {
      this.#rollBack();
      throw journalFailure(this.#path, error);
    } finally {
      this.#inside = false;
    }
    this.#onPoint(`after ${operation}`);
    return result;
  }

  /** Does what is one statement at most that writes: it is durable when it returns. */
  single<T>(operation: Operation, work: () => T): T {
    if (this.#inside) return work();
    let result: T;
    try {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      this.#onPoint(`before ${operation}`);
      result = work();
    } catch (error) {
      throw journalFailure(this.#path, error);
    }
    this.#onPoint(`after ${operation}`);
    return result;
  }

  /** What fails here, too, has failed for the reason that is told already. */
  #rollBack(): void {
    this.#onTakenBack();
    try {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
    } catch {
      // The next one begins with it.
    }
  }
}
