/** What else a journal knows of itself. */

import type { DatabaseSync } from "node:sqlite";

/** The journal was made by a daemon: what was spent before is not known. */
export type Fact = "unknown past";

/** The table `facts`. */
export class Facts {
  readonly #select;
  readonly #insert;
  readonly #delete;

  constructor(db: DatabaseSync) {
    this.#select = db.prepare("SELECT 1 FROM facts WHERE name = ?");
    this.#insert = db.prepare("INSERT OR IGNORE INTO facts (name) VALUES (?)");
    this.#delete = db.prepare("DELETE FROM facts WHERE name = ?");
  }

  has(fact: Fact): boolean {
    return this.#select.get(fact) !== undefined;
  }

  add(fact: Fact): void {
    this.#insert.run(fact);
  }

  remove(fact: Fact): void {
    this.#delete.run(fact);
  }
}
