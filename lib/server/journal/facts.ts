/** What a journal says of itself. */

import type { DatabaseSync } from "node:sqlite";

/**
 * That what was spent before is not known, and nobody said yet what is to count as spent;
 * up to which counter of a series it counts as spent as nobody knew; and that a daemon has it
 * open, or did not come to close it.
 */
export type Fact = "unknown past" | `${typeof GUESSED} ${string} ${number}` | "in use";

const GUESSED = "guessed";
const GUESS = new RegExp(`^${GUESSED} (\\S+) (\\d+)$`);

export function isNoted(db: DatabaseSync, fact: Fact): boolean {
  return db.prepare("SELECT 1 FROM facts WHERE name = ?").get(fact) !== undefined;
}

export function noteFact(db: DatabaseSync, fact: Fact): void {
  db.prepare("INSERT OR IGNORE INTO facts (name) VALUES (?)").run(fact);
}

export function dropFact(db: DatabaseSync, fact: Fact): void {
  db.prepare("DELETE FROM facts WHERE name = ?").run(fact);
}

/** Notes up to which counter of a series it is not known what was spent. */
export function noteGuess(db: DatabaseSync, series: string, counter: number): void {
  noteFact(db, `${GUESSED} ${series} ${counter}`);
}

/** The highest of these counters, by series. */
export function guessesIn(db: DatabaseSync): Map<string, number> {
  const guesses = new Map<string, number>();
  for (const { name } of db.prepare("SELECT name FROM facts").iterate()) {
    const [, series, counter] = GUESS.exec(`${name}`) ?? [];
    if (series === undefined) continue;
    guesses.set(series, Math.max(guesses.get(series) ?? -1, Number(counter)));
  }
  return guesses;
}
