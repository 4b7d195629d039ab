/** What a journal says of itself. */

import type { DatabaseSync } from "node:sqlite";

/**
 * That what was spent before is not known, and nobody said yet what is to count as spent;
 * and that a daemon has it open, or did not come to close it.
 */
export type Fact = "unknown past" | "in use";

export function isNoted(db: DatabaseSync, fact: Fact): boolean {
  return db.prepare("SELECT 1 FROM facts WHERE name = ?").get(fact) !== undefined;
}

export function noteFact(db: DatabaseSync, fact: Fact): void {
  db.prepare("INSERT OR IGNORE INTO facts (name) VALUES (?)").run(fact);
}

export function dropFact(db: DatabaseSync, fact: Fact): void {
  db.prepare("DELETE FROM facts WHERE name = ?").run(fact);
}
