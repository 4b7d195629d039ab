/** That a journal was made by a daemon, and what was spent before is not known. */

import type { DatabaseSync } from "node:sqlite";

const FACT = "unknown past";

export function isPastUnknown(db: DatabaseSync): boolean {
  return db.prepare("SELECT 1 FROM facts WHERE name = ?").get(FACT) !== undefined;
}

export function notePastUnknown(db: DatabaseSync): void {
  db.prepare("INSERT OR IGNORE INTO facts (name) VALUES (?)").run(FACT);
}

export function notePastKnown(db: DatabaseSync): void {
  db.prepare("DELETE FROM facts WHERE name = ?").run(FACT);
}
