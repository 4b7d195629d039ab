/**
 * The highest counter that each series has spent.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { checksum } from "./checksum.ts";
import { damaged } from "./journal_error.ts";
import type { Series } from "./series.ts";

/** The table `spent`. Its counters only grow. */
export class Spent {
  readonly #path: string;
  readonly #select;
  readonly #upsert;

  /** Reads every row once, so that a damaged one is met now and not at a knock. */
  constructor(db: DatabaseSync, path: string) {
    this.#path = path;
    this.#select = db.prepare("SELECT * FROM spent WHERE series = ?");
    this.#upsert = db.prepare(
      `INSERT INTO spent (series, label, client, counter, sum) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (series) DO UPDATE SET label = excluded.label,
         client = excluded.client, counter = excluded.counter, sum = excluded.sum`,
    );
    for (const row of db.prepare("SELECT * FROM spent").iterate()) this.#counterOf(row);
  }

  /** The highest spent counter, if any. */
  highest(series: Series): number | undefined {
    const row = this.#select.get(series.id);
    return row && this.#counterOf(row);
  }

  /** Makes a counter the highest. */
  raise({ id, label, client }: Series, counter: number): void {
    this.#upsert.run(id, label, client, counter, checksum([id, label, client, counter]));
  }

  #counterOf({ series, label, client, counter, sum }: Record<string, unknown>): number {
    const values = [series, label, client, counter] as (string | number)[];
    if (checksum(values) !== sum) {
      throw damaged(this.#path, `the spent counter of ${client} at ${label} is garbled`);
    }
    return counter as number;
  }
}
