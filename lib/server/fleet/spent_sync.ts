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

  /** An entry that was put just now. */
  put(found: FoundEntry, id: string): void {
    const { doors, seal, spender, report } = this.#options;
    const series = doors.series.get(id);
    if (series === undefined) return;
    const entry = parseSpent(found.value, found.key, seal);
    if (entry === undefined) return report.garbled(found.key);
    // Its own knock spends it in the journal, and would find it used.
    if (!spender.isOwn(entry)) this.raise(series, entry.counter);
  }

  /** All entries that there are; tells the engine what it does not know. */
  async listed(all: readonly { found: FoundEntry; series: string }[]): Promise<void> {
    const known = new Map<string, number>();
    for (const { found, series } of all.filter(({ series }) => this.knows(series))) {
      this.put(found, series);
      const entry = parseSpent(found.value, found.key, this.#options.seal);
      if (entry !== undefined) known.set(series, entry.counter);
    }
    const missing = this.#missing(known);
    for (let i = 0; i < missing.length; i += TOLD_AT_ONCE) {
      await Promise.all(
        missing.slice(i, i + TOLD_AT_ONCE).map((each) => this.#tell(each)),
      );
    }
    const { facts, report } = this.#options;
    const joined = !facts.join();
    if (missing.length > 0) {
      if (joined && !this.owes) report.lowered(missing.length);
      else report.told(missing.length);
    }
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

  #missing(known: ReadonlyMap<string, number>) {
    const { doors, journal } = this.#options;
    return [...doors.series.values()].flatMap((series) => {
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

  async #tell({ series, counter }: { series: Series; counter: number }): Promise<void> {
    const answer = await this.#options.spender.spend(series, counter);
    if (answer.kind === "unknown") throw new Failure(answer.why);
    if (answer.kind === "spent") answer.noted();
  }
}
