/**
 * What the daemon must not forget: which counters are spent and which doors are open.
 * What a method has returned from survives kill -9 and a power failure; when it throws,
 * the door stays shut.
 */

import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "./database.ts";
import { journalFailure, takenAway } from "./journal_error.ts";
import { orUndefined } from "../../core/or_undefined.ts";
import type { GarbledLease, LeaseChanges, NewLease } from "./lease_record.ts";
import { dropFact, guessesIn, isNoted, noteFact, noteGuess } from "./facts.ts";
import { closeMarked, closeWithoutLog } from "./in_use.ts";
import { type LeaseRows, LeaseTable } from "./lease_table.ts";
import { upgrade } from "./tables.ts";
import type { Series } from "./series.ts";
import { Spent } from "./spent_table.ts";
import { StateDir } from "./state_dir.ts";
import { type JournalPoint, Transactions } from "./transactions.ts";
import { DatabaseFiles } from "./database_files.ts";

export type {
  GarbledLease,
  LeaseChanges,
  LeaseRecord,
  NewLease,
  StoredLease,
} from "./lease_record.ts";
export type { JournalPoint, LeaseRows };

export interface JournalOptions {
  /** Whether one that is made now has to be told what was spent before. */
  readonly pastUnknown?: boolean;
  /** Called once when its file was taken away. */
  readonly onGone?: (path: string) => void;
  /** Called when its log was taken away before it was opened. */
  readonly onLogLost?: (path: string) => void;
  /** Called where a test may throw, or kill the process. */
  readonly onPoint?: (point: JournalPoint) => void;
}

/** What became of a lease. */
export interface LeaseNote {
  readonly id: number;
  /** What is different now; nothing when the door is closed, and the lease to forget. */
  readonly changes: LeaseChanges | undefined;
}

/** The daemon's memory in its state directory, which no other daemon can use meanwhile. */
export class Journal implements Disposable {
  readonly #dir: StateDir | undefined;
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #transactions: Transactions;
  readonly #spent: Spent;
  readonly #leases: LeaseTable;
  readonly #files: DatabaseFiles;
  #guesses: ReadonlyMap<string, number>;
  #onGone: ((path: string) => void) | undefined;

  private constructor(
    dir: StateDir | undefined,
    db: DatabaseSync,
    path: string,
    { onPoint = () => {}, onGone }: JournalOptions,
  ) {
    this.#dir = dir;
    this.#db = db;
    this.#path = path;
    this.#spent = new Spent(db, path);
    this.#guesses = guessesIn(db);
    this.#transactions = new Transactions(db, path, onPoint, () => this.#spent.forget());
    this.#leases = new LeaseTable(db);
    this.#files = new DatabaseFiles(path);
    this.#onGone = onGone;
  }

  /**
   * Opens the journal in `stateDir`, making both if they have never been.
   *
   * @throws {Failure} if another daemon uses the directory, if others could write to it,
   * or if the journal is damaged, newer than this program, or out of reach.
   */
  static async open(stateDir: string, options: JournalOptions = {}): Promise<Journal> {
    const { onPoint, onLogLost, pastUnknown = false } = options;
    const dir = await StateDir.claim(stateDir);
    const path = `${stateDir}/journal.db`;
    let db: DatabaseSync | undefined;
    try {
      db = await openDatabase(path, {
        onCreate: (when) => onPoint?.(`${when} create`),
        fill: (db) => pastUnknown && noteFact(db, "unknown past"),
        onLogLost: () => onLogLost?.(path),
      });
      return new Journal(dir, db, path, options);
    } catch (error) {
      db?.close();
      dir[Symbol.dispose]();
      throw journalFailure(path, error);
    }
  }

  /** A journal that is forgotten with the process: for doors that have nothing to note. */
  static async inMemory(): Promise<Journal> {
    const { DatabaseSync } = await import("node:sqlite");
    const db = new DatabaseSync(":memory:");
    upgrade(db, 0);
    return new Journal(undefined, db, "the journal in memory", {});
  }

  /** Whether what is written outlives the process. */
  get lasts(): boolean {
    return this.#dir !== undefined && this.#files.areThere;
  }

  /** The counter of a series up to which all are spent. */
  highest(series: Series): number | undefined {
    return this.#reading(() => this.#spent.highest(series));
  }

  isSpent(series: Series, counter: number): boolean {
    return this.#reading(() => this.#spent.has(series, counter));
  }

  /** Up to which counter all from this one on stay spent after a resync, if it does. */
  usedFrom(series: Series, counter: number): number | undefined {
    return this.#reading(() => this.#spent.usedFrom(series, counter));
  }

  /** Spends a counter and all below it; "used" if it was spent before. */
  spend(series: Series, counter: number): "spent" | "used" {
    return this.#remembering(series, counter, () => {
      if (this.#tellIfGone()) throw takenAway(this.#path);
      return this.#transactions.single("spend", () => {
        if (this.#spent.has(series, counter)) return "used";
        this.#spent.raise(series, counter);
        return "spent";
      });
    });
  }

  /** Whether it does not know, and was not told yet, what was spent before. */
  get pastUnknown(): boolean {
    return this.#reading(() => isNoted(this.#db, "unknown past"));
  }

  /** Says what was spent before it was opened: all up to these counters, at least. */
  settlePast(spent: readonly { series: Series; counter: number }[]): void {
    this.#transactions.run("settle", () => {
      for (const { series, counter } of spent) {
        this.#spent.raiseBlindly(series, counter);
        noteGuess(this.#db, series.id, counter);
      }
      dropFact(this.#db, "unknown past");
    });
    this.#guesses = this.#reading(() => guessesIn(this.#db));
  }

  /** Up to which counter it was not known what was spent when it was made; -1 if it was. */
  unknownUpTo({ id }: Series): number {
    return this.#guesses.get(id) ?? -1;
  }

  /** Goes on from a lower counter; what was spent above it stays spent. */
  resync(series: Series, counter: number): void {
    if (this.#tellIfGone()) throw takenAway(this.#path);
    this.#transactions.run("resync", () => this.#spent.lower(series, counter));
    this.#spent.written(series);
  }

  /** Writes a lease, in stage "opening", and returns its id: now the door may open. */
  beginLease(lease: NewLease): number {
    this.#tellIfGone();
    return this.#transactions.run("begin", () => this.#leases.add(lease));
  }

  /** Both at the price of one: the lease's id, or "used" and no lease. */
  spendAndBegin(series: Series, counter: number, lease: NewLease): number | "used" {
    return this.#remembering(series, counter, () =>
      this.#transactions.run(
        "spend and begin",
        () => this.spend(series, counter) === "used" ? "used" : this.beginLease(lease),
      ));
  }

  /** Notes what became of leases; gives those whose rows can't be read, and stay as they are. */
  noteLeases(notes: readonly LeaseNote[]): GarbledLease[] {
    // A disk that does not tell keeps no door from being closed.
    orUndefined(() => this.#tellIfGone());
    return this.#transactions.run("note", () =>
      notes.flatMap(({ id, changes }) => {
        if (changes === undefined) this.#leases.remove(id);
        const garbled = changes && this.#leases.change(id, changes);
        return garbled ?? [];
      }));
  }

  /** Does many of the above at the price of one; all are durable when it returns. */
  batch<T>(work: () => T): T {
    return this.#transactions.run("batch", work);
  }

  /** Every door that was opened and not closed. */
  leases(): LeaseRows {
    return this.#reading(() => this.#leases.all());
  }

  /** Lets go of the files; the next daemon may have them. Twice is harmless. */
  [Symbol.dispose](): void {
    if (this.#db.isOpen) this.#close();
    this.#dir?.[Symbol.dispose]();
  }

  #close(): void {
    if (this.#files.isLogCut) closeWithoutLog(this.#db, this.#path);
    else closeMarked(this.#db);
  }

  /**
   * A counter that can't be written is spent all the same, as far as this process knows;
   * those of a batch are tried again, each alone.
   */
  #remembering<T>(series: Series, counter: number, write: () => T): T {
    if (this.#transactions.isInside) return write();
    try {
      return write();
    } catch (error) {
      if (Number.isSafeInteger(counter)) this.#spent.remember(series, counter);
      throw error;
    }
  }

  /** Whether its file has no name, which is told once: what is written is lost with the process. */
  #tellIfGone(): boolean {
    const gone = this.#reading(() => this.#files.gone);
    if (gone) this.#onGone?.(this.#path);
    if (gone) this.#onGone = undefined;
    return gone;
  }

  #reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw journalFailure(this.#path, error);
    }
  }
}
