/**
 * What a node must not forget of its fleet, in a file of its own: the journal beside it is
 * the same with a fleet and without.
 */

import type { DatabaseSync } from "node:sqlite";
import { openBeside, together } from "../journal/side_database.ts";

const TABLES = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA trusted_schema = OFF;
  CREATE TABLE IF NOT EXISTS honoured (series TEXT PRIMARY KEY, counter INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS seen (once TEXT PRIMARY KEY, until INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS revoked (series TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS shared (place TEXT PRIMARY KEY, until INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS heard (key TEXT PRIMARY KEY, counter INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`;

/** A lease that was honoured, or made, here. */
export interface Honoured {
  readonly once: string;
  readonly series?: string | undefined;
  readonly counter?: number | undefined;
  /** When it is too old to be honoured again, Unix milliseconds. */
  readonly until: number;
}

/** A lease that the engine has and that is open here, until then at most. */
interface Shared {
  readonly place: string;
  /** Unix milliseconds. */
  readonly until: number;
}

export class FleetFacts implements Disposable {
  readonly #db: DatabaseSync;
  /** Who was revoked while this daemon runs: holds where it can't be written, too. */
  readonly #revoked = new Set<string>();

  private constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Opens it, making it if there is none; throws a Failure. */
  static async open(path: string): Promise<FleetFacts> {
    return new FleetFacts(await openBeside(path, TABLES));
  }

  /** Takes note of a lease, on disk; false if it, or a later one of its series, was seen. */
  honour(lease: Honoured, { place, until }: Shared): boolean {
    if (!this.#isNews(lease)) return false;
    together(this.#db, () => {
      this.#note(lease);
      this.#share(place, until);
    });
    return true;
  }

  /** Takes note of a lease of this node's own, on disk, before the engine has it. */
  own(lease: Honoured): void {
    if (this.#isNews(lease)) together(this.#db, () => this.#note(lease));
  }

  isSeen(once: string): boolean {
    return this.#db.prepare("SELECT 1 FROM seen WHERE once = ?").get(once) !== undefined;
  }

  isRevoked(series: string): boolean {
    const select = "SELECT 1 FROM revoked WHERE series = ?";
    return this.#revoked.has(series) ||
      this.#db.prepare(select).get(series) !== undefined;
  }

  /** The series that are. */
  revoked(): string[] {
    const rows = this.#db.prepare("SELECT series FROM revoked").all();
    return [...this.#revoked.union(new Set(rows.map(({ series }) => `${series}`)))];
  }

  /** A series is revoked for good. */
  revoke(series: string): void {
    this.#revoked.add(series);
    this.#db.prepare("INSERT OR IGNORE INTO revoked VALUES (?)").run(series);
  }

  /** The engine has a lease that is open here, until then at most. */
  share(place: string, until: number): void {
    this.#soon(() => this.#share(place, until));
  }

  /** It has not, or not the latest. */
  unshare(place: string): void {
    const remove = "DELETE FROM shared WHERE place = ?";
    this.#soon(() => this.#db.prepare(remove).run(place));
  }

  /** What the engine had, and is not over: until when, by place. */
  shared(): Map<string, number> {
    const rows = this.#db.prepare("SELECT place, until FROM shared").all();
    return new Map(rows.map(({ place, until }) => [`${place}`, Number(until)]));
  }

  /**
   * The engine has had these counters, each at its key, as those that were used last; 0 is
   * that of a key which has none.
   */
  hear(all: readonly { readonly key: string; readonly counter: number }[]): void {
    const insert = this.#db.prepare(
      `INSERT INTO heard VALUES (?, ?)
       ON CONFLICT (key) DO UPDATE SET counter = max(counter, excluded.counter)`,
    );
    this.#soon(() =>
      together(this.#db, () => {
        for (const { key, counter } of all) insert.run(key, counter);
      })
    );
  }

  /** The highest counter that the engine has had at a key; -1 if none is known. */
  heard(key: string): number {
    const select = "SELECT counter FROM heard WHERE key = ?";
    return Number(this.#db.prepare(select).get(key)?.["counter"] ?? -1);
  }

  /** Whether something was spent here alone that the engine is still to be told. */
  get owes(): boolean {
    return this.#db.prepare("SELECT 1 FROM fact WHERE name = 'owes'").get() !== undefined;
  }

  setOwes(owes: boolean): void {
    this.#db.exec(
      owes
        ? "INSERT OR IGNORE INTO fact VALUES ('owes')"
        : "DELETE FROM fact WHERE name = 'owes'",
    );
  }

  forget(now: number): void {
    this.#db.prepare("DELETE FROM seen WHERE until < ?").run(Math.floor(now));
    this.#db.prepare("DELETE FROM shared WHERE until < ?").run(Math.floor(now));
  }

  [Symbol.dispose](): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #isNews({ once, series, counter }: Honoured): boolean {
    if (this.isSeen(once)) return false;
    return series === undefined || (this.#counterOf(series) ?? -1) < counter!;
  }

  #note({ once, series, counter, until }: Honoured): void {
    this.#db.prepare("INSERT INTO seen VALUES (?, ?)").run(once, Math.ceil(until));
    if (series === undefined) return;
    this.#db.prepare("INSERT OR REPLACE INTO honoured VALUES (?, ?)")
      .run(series, counter!);
  }

  #counterOf(series: string): number | undefined {
    const row = this.#db.prepare("SELECT counter FROM honoured WHERE series = ?")
      .get(series);
    return row && Number(row["counter"]);
  }

  #share(place: string, until: number): void {
    this.#db.prepare("INSERT OR REPLACE INTO shared VALUES (?, ?)")
      .run(place, Math.ceil(until));
  }

  /** What tells of open doors outlives this program; when the machine stops, all are closed. */
  #soon(work: () => void): void {
    this.#db.exec("PRAGMA synchronous = OFF");
    try {
      work();
    } finally {
      this.#db.exec("PRAGMA synchronous = FULL");
    }
  }
}
