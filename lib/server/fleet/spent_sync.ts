/**
 * What is spent: what the engine knows goes to the journal, and what only the journal knows
 * to the engine.
 */

import { Failure } from "../../core/failure.ts";
import type { Journal } from "../journal/journal.ts";
import type { Series } from "../journal/series.ts";
import { orTrouble } from "../log/trouble.ts";
import type { EntrySeal } from "./entry_seal.ts";
import type { FleetDoors } from "./fleet_doors.ts";
import type { FleetFacts } from "./fleet_facts.ts";
import type { FleetReport } from "./fleet_report.ts";
import type { FoundEntry } from "./listing.ts";
import type { Spender } from "./spender.ts";
import { parseSpent } from "./spent_entry.ts";

/** Counters that are told at once. */
const TOLD_AT_ONCE = 16;

export interface SpentSyncOptions {
  readonly seal: EntrySeal;
  readonly journal: Pick<Journal, "highest" | "spend" | "unknownUpTo">;
  readonly doors: FleetDoors;
  readonly facts: FleetFacts;
  readonly spender: Spender;
  readonly report: FleetReport;
  /** A counter of a series was spent elsewhere. */
  readonly onSpent: (series: Series) => void;
  /** The engine has forgotten something, and could not be told: all is to be looked at anew. */
  readonly onLoss: () => void;
}

/** What the journal knows, and the engine does not. */
interface Missing {
  readonly series: Series;
  readonly counter: number;
}

/** Keeps the journal and the engine equal. */
export class SpentSync {
  readonly #options: SpentSyncOptions;
  /** Whether something was spent here alone, and is to be told. */
  owes = false;

  constructor(options: SpentSyncOptions) {
    this.#options = options;
  }

  /** Whether a series is one of this node's clients. */
  knows(series: string): boolean {
    return this.#options.doors.series.has(series);
  }

  /**
   * An entry that was put just now. What says less than the journal comes late, or was put
   * there by somebody who knows no better: the engine is told, and says which.
   */
  put(found: FoundEntry, id: string): void {
    const series = this.#options.doors.series.get(id);
    if (series === undefined) return;
    const counter = this.#take(found, series);
    const [lost] = this.#missing([series], new Map([[id, counter ?? -1]]));
    if (lost !== undefined) void this.#restore(lost);
  }

  /** All entries that there are; tells the engine what it does not know. */
  async listed(all: readonly { found: FoundEntry; series: string }[]): Promise<void> {
    const own = this.#options.doors.series;
    const known = new Map<string, number>();
    for (const { found, series: id } of all) {
      const series = own.get(id);
      const counter = series && this.#take(found, series);
      if (counter !== undefined) known.set(id, counter);
    }
    const missing = this.#missing([...own.values()], known);
    let news = 0;
    for (let i = 0; i < missing.length; i += TOLD_AT_ONCE) {
      const some = missing.slice(i, i + TOLD_AT_ONCE).map((each) => this.#tell(each));
      // What was used since the listing is none.
      news += (await Promise.all(some)).filter((isNews) => isNews).length;
    }
    const joined = !this.#options.facts.join();
    if (news > 0) this.#say(news, joined);
    this.owes = false;
  }

  /** Spends in the journal what was spent elsewhere. */
  raise(series: Series, counter: number): void {
    const { journal, onSpent, report } = this.#options;
    orTrouble(report, () => {
      if ((journal.highest(series) ?? -1) >= counter) return;
      journal.spend(series, counter);
      onSpent(series);
    });
  }

  /** What an entry says that is one; spends it in the journal. */
  #take(found: FoundEntry, series: Series): number | undefined {
    const { seal, spender, report } = this.#options;
    const entry = parseSpent(found.value, found.key, seal);
    if (entry === undefined) return void report.garbled(found.key);
    // Its own knock spends it in the journal, and would find it used.
    if (!spender.isOwn(entry)) this.raise(series, entry.counter);
    return entry.counter;
  }

  #missing(some: readonly Series[], known: ReadonlyMap<string, number>): Missing[] {
    const { journal } = this.#options;
    return some.flatMap((series) => {
      const counter = this.#highest(series);
      if (counter === undefined || counter <= (known.get(series.id) ?? -1)) return [];
      // A new journal's guess is for this machine alone: the fleet knows better.
      if (counter <= journal.unknownUpTo(series)) return [];
      return [{ series, counter }];
    });
  }

  /** What there is no journal for is not known; that keeps no lease from being heard of. */
  #highest(series: Series): number | undefined {
    const { journal, report } = this.#options;
    return orTrouble(report, () => journal.highest(series));
  }

  async #restore(lost: Missing): Promise<void> {
    try {
      if (await this.#tell(lost)) this.#say(1);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#options.onLoss();
    }
  }

  /** Whether it was news to the engine, and no knock was about to tell it. */
  async #tell({ series, counter }: Missing): Promise<boolean> {
    const { spender } = this.#options;
    const isTold = spender.isSpending(series);
    const answer = await spender.spend(series, counter);
    if (answer.kind === "unknown") throw new Failure(answer.why);
    if (answer.kind === "spent") answer.noted();
    return answer.kind === "spent" && !isTold;
  }

  #say(count: number, joined = true): void {
    const { report } = this.#options;
    if (joined && !this.owes) report.lowered(count);
    else report.told(count);
  }
}
