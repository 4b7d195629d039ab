/**
 * The history on disk, beside the journal and apart from it: what is wrong with it keeps no
 * door shut.
 */

import type { DatabaseSync } from "node:sqlite";
import { orUndefined } from "../../core/or_undefined.ts";
import { lookInto, openBeside, together } from "../journal/side_database.ts";
import { DatabaseFiles } from "../journal/database_files.ts";
import { addressPattern } from "./address_pattern.ts";
import { type Happening, type HistoryQuestion, wantedTest } from "./happening.ts";

const TABLE = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA trusted_schema = OFF;
  CREATE TABLE IF NOT EXISTS happening (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    event TEXT NOT NULL,
    door TEXT NOT NULL,
    ip TEXT NOT NULL,
    client TEXT,
    why TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS happening_time ON happening (time);
`;

/** Where the history of a state directory is. */
export function historyPath(stateDir: string): string {
  return `${stateDir}/history.db`;
}

export class HistoryFile implements Disposable {
  readonly #db: DatabaseSync;
  readonly #files: DatabaseFiles;

  private constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#files = new DatabaseFiles(path);
  }

  /** Whether it was taken away: what is written to it is lost with the daemon. */
  get gone(): boolean {
    return orUndefined(() => this.#files.gone) ?? false;
  }

  /**
   * Opens it, making it if there is none.
   *
   * @throws {Failure} It can't be opened, or is no history.
   */
  static async open(path: string): Promise<HistoryFile> {
    const db = await openBeside(path, TABLE);
    return new HistoryFile(db, path);
  }

  /**
   * What a daemon that has ended left on record, as `newest` gives it.
   *
   * @throws {Failure} It can't be read, or is no history.
   */
  static read(path: string, wanted: HistoryQuestion, most: number): Promise<Happening[]> {
    return lookInto(path, (db) => new HistoryFile(db, path).newest(wanted, most));
  }

  /**
   * Writes them, in one transaction, and forgets what is older than a time, and the oldest of
   * more than so many.
   */
  add(happenings: readonly Happening[], before: number, most: number): void {
    const insert = this.#db.prepare(
      "INSERT INTO happening (time, event, door, ip, client, why) VALUES (?, ?, ?, ?, ?, ?)",
    );
    together(this.#db, () => {
      for (const { time, event, door, ip, client, why } of happenings) {
        insert.run(Math.round(time), event, door, ip, client ?? null, why ?? null);
      }
      this.#trim(before, most);
    });
  }

  /**
   * In the order in which it happened: what a board without a battery noted before its clock
   * was set stays with what is around it. The plus has SQLite look no further than needed.
   */
  #trim(before: number, most: number): void {
    this.#db.prepare(
      `DELETE FROM happening WHERE id <
       (SELECT id FROM happening WHERE +time >= ? ORDER BY id LIMIT 1)`,
    ).run(Math.round(before));
    this.#db.prepare(
      "DELETE FROM happening WHERE id <= (SELECT max(id) FROM happening) - ?",
    ).run(most);
  }

  /** The newest that are wanted, so many at most, the oldest of them first. */
  newest(wanted: HistoryQuestion, most: number): Happening[] {
    const { door, client, ip, since, until } = wanted;
    const conditions = [
      { sql: "door = ?", value: door },
      { sql: "client = ?", value: client },
      { sql: "ip GLOB ?", value: ip === undefined ? undefined : addressPattern(ip) },
      { sql: "time >= ?", value: since === undefined ? since : Math.round(since) },
      { sql: "time < ?", value: until === undefined ? until : Math.round(until) },
    ].filter(({ value }) => value !== undefined);
    const where = ["true", ...conditions.map(({ sql }) => sql)].join(" AND ");
    const rows = this.#db.prepare(
      `SELECT time, event, door, ip, client, why FROM happening WHERE ${where} ORDER BY id DESC`,
    ).iterate(...conditions.map(({ value }) => value!));
    // What a network takes in exactly is beyond SQL.
    return Iterator.from(rows).map(happeningOfRow).filter(wantedTest(wanted)).take(most)
      .toArray().reverse();
  }

  /** The last opening of each client, the newest last; so many at most. */
  lastOpenings(most: number): Happening[] {
    const rows = this.#db.prepare(
      `SELECT max(id) AS id, time, event, door, ip, client, NULL AS why FROM happening
       WHERE event = 'open' AND client IS NOT NULL GROUP BY door, client
       ORDER BY id DESC LIMIT ?`,
    ).all(most);
    return rows.reverse().map(happeningOfRow);
  }

  /** Closes it; twice is harmless. */
  [Symbol.dispose](): void {
    if (this.#db.isOpen) this.#db.close();
  }
}

function happeningOfRow(row: Record<string, unknown>): Happening {
  const { time, event, door, ip, client, why } = row;
  return {
    time: Number(time),
    event: String(event),
    door: String(door),
    ip: String(ip),
    ...(client === null ? {} : { client: String(client) }),
    ...(why === null ? {} : { why: String(why) }),
  };
}
