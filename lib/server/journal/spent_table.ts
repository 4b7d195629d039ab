/** The counters that each series has spent. */

import type { DatabaseSync } from "node:sqlite";
import { checksum } from "./checksum.ts";
import { damaged } from "./journal_error.ts";
import {
  covers,
  endOfRun,
  formatRuns,
  parseRuns,
  type Run,
  withCounter,
  withRun,
} from "./runs.ts";
import type { Series } from "./series.ts";

/** What is spent of a series. */
interface SpentRow {
  /** It and every one below it is spent. */
  readonly highest: number;
  /** What was spent since the journal has known the series, and maybe more. */
  readonly runs: readonly Run[];
}

/** Of a series, the newest. */
const MOST_UNWRITTEN = 64;

/** The table `spent`. What is spent stays so. */
export class Spent {
  readonly #path: string;
  readonly #select;
  readonly #upsert;
  /**
   * Counters that were to be spent and could not be written, by their series. Who saw them
   * is not to have them once the disk is well again.
   */
  readonly #unwritten = new Map<string, number[]>();
  /** What was read last, and not changed since: a knock asks for it again and again. */
  #last: { readonly id: string; readonly row: SpentRow | undefined } | undefined;

  /** Reads every row once, so that a damaged one is met now and not at a knock. */
  constructor(db: DatabaseSync, path: string) {
    this.#path = path;
    this.#select = db.prepare("SELECT * FROM spent WHERE series = ?");
    this.#upsert = db.prepare(
      `INSERT INTO spent (series, label, client, counter, sum, runs)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (series) DO UPDATE SET label = excluded.label,
         client = excluded.client, counter = excluded.counter, sum = excluded.sum,
         runs = excluded.runs`,
    );
    let before = "";
    for (const row of db.prepare("SELECT * FROM spent").iterate()) {
      this.#read(row);
      // A page in another one's place makes sense to SQLite; what was there is forgotten.
      const series = String(row["series"]);
      if (series <= before) throw damaged(path, "its spent counters are out of order");
      before = series;
    }
  }

  /** The counter up to which all are spent, if any. */
  highest(series: Series): number | undefined {
    return this.#of(series)?.highest;
  }

  /** Whether a counter is spent: it is not above the highest, or was before a resync. */
  has(series: Series, counter: number): boolean {
    const row = this.#of(series);
    return row !== undefined && (counter <= row.highest || covers(row.runs, counter));
  }

  /** Up to which counter all from this one on stay spent after a resync, if it does. */
  usedFrom(series: Series, counter: number): number | undefined {
    return endOfRun(this.#of(series)?.runs ?? [], counter);
  }

  raise(series: Series, counter: number): void {
    const runs = this.#of(series)?.runs ?? [];
    this.#write(series, { highest: counter, runs: withCounter(runs, counter) });
  }

  /** Spends everything up to a counter: nobody knows which of these were. */
  raiseBlindly(series: Series, counter: number): void {
    const { highest, runs } = this.#of(series) ?? { highest: -1, runs: [] };
    this.#write(series, {
      highest: Math.max(highest, counter),
      runs: withRun(runs, [0, counter]),
    });
  }

  /** Makes a lower counter the highest; what was spent above it stays spent. */
  lower(series: Series, counter: number): void {
    const { runs } = this.#of(series) ?? { runs: [] };
    this.#write(series, { highest: counter, runs });
  }

  /** Knows of a counter that it is spent, though it could not be written. */
  remember({ id }: Series, counter: number): void {
    const before = this.#unwritten.get(id) ?? [];
    this.#unwritten.set(id, [...before, counter].slice(-MOST_UNWRITTEN));
  }

  /** All that is known of a series is written by now. */
  written({ id }: Series): void {
    this.#unwritten.delete(id);
  }

  /** Reads anew whatever it is asked for next: something was taken back. */
  forget(): void {
    this.#last = undefined;
  }

  #of(series: Series): SpentRow | undefined {
    const { id } = series;
    if (this.#last?.id !== id) {
      const row = this.#select.get(id);
      this.#last = { id, row: row && this.#read(row) };
    }
    const unwritten = this.#unwritten.get(id);
    return unwritten === undefined ? this.#last.row : withAll(this.#last.row, unwritten);
  }

  #write({ id, label, client }: Series, { highest, runs }: SpentRow): void {
    const text = formatRuns(runs);
    const sum = checksum([id, label, client, highest, text]);
    this.#last = undefined;
    this.#upsert.run(id, label, client, highest, sum, text);
  }

  #read(row: Record<string, unknown>): SpentRow {
    const { series, label, client, counter, sum, runs } = row as Record<
      string,
      string | number
    >;
    const text = runs as string;
    // The first version of the journal knew the highest counter alone.
    const values = [series!, label!, client!, counter!, ...(text === "" ? [] : [text])];
    if (checksum(values) !== sum) {
      throw damaged(this.#path, `the spent counter of ${client} at ${label} is garbled`);
    }
    const highest = counter as number;
    return { highest, runs: text === "" ? [[0, highest]] : parseRuns(text) };
  }
}

function withAll(row: SpentRow | undefined, counters: readonly number[]): SpentRow {
  const { highest, runs } = row ?? { highest: -1, runs: [] };
  return {
    highest: Math.max(highest, ...counters),
    runs: counters.reduce<readonly Run[]>(withCounter, runs),
  };
}
