/** The tables of the journal and how they came to be. */

import type { DatabaseSync } from "node:sqlite";

/** Marks a SQLite file as knockd's journal: "kncd". */
export const APPLICATION_ID = 0x6b6e6364;

/** Step n takes a database from version n to n + 1. Steps are added, never changed. */
const STEPS: readonly string[] = [
  `
  CREATE TABLE spent (
    series TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    client TEXT NOT NULL,
    counter INTEGER NOT NULL,
    sum INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE leases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    sum INTEGER NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE spent ADD COLUMN runs TEXT NOT NULL DEFAULT '';
  CREATE TABLE facts (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  `,
];

/** The version that this program writes (SQLite's user_version). */
export const SCHEMA_VERSION = STEPS.length;

/** Takes a database of `version` (0: an empty one) to today's, in one transaction. */
export function upgrade(db: DatabaseSync, version: number): void {
  db.exec(`
    BEGIN;
    ${STEPS.slice(version).join("")}
    PRAGMA application_id = ${APPLICATION_ID};
    PRAGMA user_version = ${SCHEMA_VERSION};
    COMMIT;
  `);
}

/** All that was ever declared in a database, to compare two of them. */
export function declarations(db: DatabaseSync): string {
  const rows = db.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema").all();
  return JSON.stringify(rows);
}
