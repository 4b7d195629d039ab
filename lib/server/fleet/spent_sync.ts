/**
 * What is spent: what the engine knows goes to the journal, and what only the journal knows
 * to the engine.
 */

import { Failure, orFailure } from "../../core/failure.ts";
import type { Journal } from "../journal/journal.ts";
import type { Series } from "../journal/series.ts";
import type { Spending } from "../journal/spending.ts";
import { orTrouble } from "../log/trouble.ts";
import type { EntryKeys } from "./entry_keys.ts";
import type { EntrySeal } from "./entry_seal.ts";
import { inSlices } from "./event_loop.ts";
import type { FleetDoors } from "./fleet_doors.ts";
import type { FleetFacts } from "./fleet_facts.ts";
import type { FleetReport } from "./fleet_report.ts";
import { guarded } from "./guarded.ts";
import type { FoundEntry } from "./listing.ts";
import type { Spender } from "./spender.ts";
import { parseSpent } from "./spent_entry.ts";

/** Counters that are told at once. */
const TOLD_AT_ONCE = 16;

/** What the journal knows and the engine does not. */
interface Missing extends Spending {
  /** Whether the engine has known more than it does. */
  readonly isLost: boolean;
}

export interface SpentSyncOptions {
  readonly keys: EntryKeys;
  readonly seal: EntrySeal;
  readonly journal: Pick<Journal, "batch" | "highest" | "spend" | "unknownUpTo">;
  readonly doors: FleetDoors;
  readonly facts: FleetFacts;
  readonly spender: Spender;
  readonly report: FleetReport;
  /** A counter of a series was spent elsewhere. */
  readonly onSpent: (series: Series) => void;
  /** Something is to be told from now on, or nothing any more. */
  readonly onOwes: (owes: boolean) => void;
  /** The engine has forgotten something, and could not be told: all is to be looked at anew. */
  readonly onLoss: () => void;
}

/** Keeps the journal and the engine equal. */
export class SpentSync {
  readonly #options: SpentSyncOptions;
  /** How often something was spent here alone that is to be told; a restart keeps that. */
  #debts: number;

  constructor(options: SpentSyncOptions) {
    this.#options = options;
    this.#debts = options.facts.owes ? 1 : 0;
  }

  /** Whether something was spent here alone, and is to be told. */
  get owes(): boolean {
    return this.#debts > 0;
  }

  owe(): void {
    if (this.#debts++ === 0) this.#options.onOwes(true);
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
    const spent = this.#entry(found, series);
    if (spent !== undefined) this.#hear([spent]);
    if (spent?.isOwn === false) this.raise(series, spent.counter);
    const [lost] = this.#missing([series], new Map([[id, spent?.counter ?? -1]]));
    if (lost !== undefined) void this.#restore(lost);
  }

  /** All entries that there are; tells the engine what it does not know. */
  async listed(all: readonly { found: FoundEntry; series: string }[]): Promise<void> {
    const own = this.#options.doors.series;
    const debts = this.#debts;
    const known = new Map<string, number>();
    await inSlices(all, (some) => {
      const spent = some.flatMap(({ found, series: id }) => {
        const series = own.get(id);
        return series === undefined ? [] : this.#entry(found, series) ?? [];
      });
      this.#hear(spent);
      this.#raise(spent.filter(({ isOwn }) => !isOwn));
      for (const { series, counter } of spent) known.set(series.id, counter);
    });
    const missing: Missing[] = [];
    await inSlices([...own.values()], (some) => {
      missing.push(...this.#missing(some, known));
    });
    const news: Missing[] = [];
    for (let i = 0; i < missing.length; i += TOLD_AT_ONCE) {
      const some = missing.slice(i, i + TOLD_AT_ONCE);
      const isNews = await Promise.all(some.map((each) => this.#tell(each)));
      // What was used since the listing is none.
      news.push(...some.filter((_, index) => isNews[index]));
    }
    this.#say(news);
    // What came to be owed meanwhile still is.
    if (!this.owes || this.#debts !== debts) return;
    this.#debts = 0;
    this.#options.onOwes(false);
  }

  /** A counter opened a door elsewhere; of one that did so alone the engine may not know yet. */
  used(id: string, counter: number): void {
    const series = this.#options.doors.series.get(id);
    if (series !== undefined) this.raise(series, counter);
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

  /** The same of many, in one commit; where that fails, each alone. */
  #raise(all: readonly Spending[]): void {
    const { journal, onSpent, report } = this.#options;
    const isNews = ({ series, counter }: Spending) =>
      (journal.highest(series) ?? -1) < counter;
    const news = orTrouble(report, () => all.filter(isNews)) ?? all;
    const spend = () => news.forEach((each) => journal.spend(each.series, each.counter));
    if (orFailure(() => journal.batch(spend)) instanceof Failure) {
      for (const { series, counter } of news) this.raise(series, counter);
    } else for (const { series } of news) onSpent(series);
  }

  /** What an entry says that is one, and whether its own knock is still to spend it here. */
  #entry(found: FoundEntry, series: Series): Spending & { isOwn: boolean } | undefined {
    const { seal, spender, report } = this.#options;
    const entry = parseSpent(found.value, found.key, seal);
    if (entry === undefined) return void report.garbled(found.key);
    return { series, counter: entry.counter, isOwn: spender.isOwn(entry) };
  }

  #hear(spent: readonly Spending[]): void {
    const { keys, facts, report } = this.#options;
    const all = spent.map(({ series: { id }, counter }) => ({
      key: keys.spent(id),
      counter,
    }));
    guarded(report, () => facts.hear(all));
  }

  #missing(some: readonly Series[], known: ReadonlyMap<string, number>): Missing[] {
    const { keys, journal, facts, report } = this.#options;
    return some.flatMap((series) => {
      const counter = this.#highest(series);
      const there = known.get(series.id) ?? -1;
      if (counter === undefined || counter <= there) return [];
      // A new journal's guess is for this machine alone: the fleet knows better.
      if (counter <= journal.unknownUpTo(series)) return [];
      const wasThere = guarded(report, () => facts.heard(keys.spent(series.id))) ?? -1;
      return [{ series, counter, isLost: wasThere > there }];
    });
  }

  /** What there is no journal for is not known; that keeps no lease from being heard of. */
  #highest(series: Series): number | undefined {
    const { journal, report } = this.#options;
    return orTrouble(report, () => journal.highest(series));
  }

  async #restore(lost: Missing): Promise<void> {
    try {
      if (await this.#tell(lost)) this.#say([lost]);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#options.onLoss();
    }
  }

  /** Whether it was news to the engine, and no knock was about to tell it. */
  async #tell({ series, counter }: Spending): Promise<boolean> {
    const { spender } = this.#options;
    const isTold = spender.isSpending(series);
    const answer = await spender.tell(series, counter);
    if (answer.kind === "unknown") throw new Failure(answer.why);
    if (answer.kind === "spent") answer.noted();
    return answer.kind === "spent" && !isTold;
  }

  #say(news: readonly Missing[]): void {
    const { report } = this.#options;
    const lost = news.filter(({ isLost }) => isLost).length;
    if (lost > 0) report.lowered(lost);
    if (news.length > lost) report.told(news.length - lost);
  }
}
