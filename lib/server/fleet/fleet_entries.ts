/** What the engine has of a fleet, sorted out: each entry goes to whom it concerns. */

import { yieldToEventLoop } from "./event_loop.ts";
import type { EngineEvent } from "./engine_watch.ts";
import { parseEntry } from "./entry.ts";
import type { EntryKeys, LeasePlace } from "./entry_keys.ts";
import type { EntrySeal } from "./entry_seal.ts";
import type { FleetFacts } from "./fleet_facts.ts";
import type { FleetReport } from "./fleet_report.ts";
import type { Honouring } from "./honouring.ts";
import type { FoundEntry, Listing } from "./listing.ts";
import type { SpentSync } from "./spent_sync.ts";

/** Entries that are looked at in one go. */
const SLICE = 128;

/** Whom entries concern. */
export interface FleetEntriesOptions {
  readonly keys: EntryKeys;
  readonly seal: EntrySeal;
  readonly facts: FleetFacts;
  readonly report: FleetReport;
  readonly spent: SpentSync;
  readonly honouring: Honouring;
  /** Something is missing that should be there: all is to be looked at anew. */
  readonly onLoss: () => void;
}

export class FleetEntries {
  readonly #options: FleetEntriesOptions;

  constructor(options: FleetEntriesOptions) {
    this.#options = options;
  }

  /** All of them, as they are; `before`: what was shared before they were listed. */
  async listed({ entries }: Listing, before: ReadonlyMap<string, number>): Promise<void> {
    const { keys, spent, honouring } = this.#options;
    const counters: { found: FoundEntry; series: string }[] = [];
    const leases: { found: FoundEntry; place: LeasePlace }[] = [];
    for (const [index, found] of entries.entries()) {
      // Whoever fills the engine keeps nobody from being heard.
      if (index % SLICE === 0) await yieldToEventLoop();
      const about = keys.parse(found.key);
      if (about?.kind === "spent") counters.push({ found, series: about.series });
      else if (about?.kind === "lease") leases.push({ found, place: about.place });
      else if (about?.kind === "revoked") this.#revoke(found, about.series);
    }
    await spent.listed(counters);
    await honouring.listed(leases, before);
  }

  changed(event: EngineEvent): void {
    if (event.kind === "delete") return this.#deleted(event.key);
    const { keys, spent, honouring } = this.#options;
    const about = keys.parse(event.entry.key);
    if (about?.kind === "spent") spent.put(event.entry, about.series);
    if (about?.kind === "lease") honouring.put(event.entry, about.place);
    if (about?.kind === "revoked") this.#revoke(event.entry, about.series);
  }

  #deleted(key: string): void {
    const { keys, spent, honouring, onLoss } = this.#options;
    const about = keys.parse(key);
    if (about?.kind === "lease") honouring.deleted(key, about.place);
    // None of ours takes it away: what the journal has goes back.
    if (about?.kind === "spent" && spent.knows(about.series)) onLoss();
  }

  #revoke({ key, value }: FoundEntry, series: string): void {
    const { facts, report, seal } = this.#options;
    const entry = parseEntry("revoked", value, key, seal);
    if (entry === undefined) return report.garbled(key);
    if (facts.revoke(series)) report.revoked(entry.door, entry.client, entry.by);
  }
}
