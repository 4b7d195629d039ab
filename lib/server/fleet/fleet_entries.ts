/** What the engine has of a fleet, sorted out: each entry goes to whom it concerns. */

import { breath } from "./breath.ts";
import type { EngineEvent } from "./engine_watch.ts";
import { parseEntry } from "./entry.ts";
import type { EntryKeys, LeasePlace } from "./entry_keys.ts";
import type { EntrySeal } from "./entry_seal.ts";
import type { FleetFacts } from "./fleet_facts.ts";
import type { FleetReport } from "./fleet_report.ts";
import type { Honouring } from "./honouring.ts";
import type { FoundEntry, Listing } from "./listing.ts";
import type { Standing } from "./standing.ts";

/** Entries that are looked at in one go. */
const SLICE = 128;

/** Whom entries concern. */
export interface FleetEntriesOptions {
  readonly keys: EntryKeys;
  readonly seal: EntrySeal;
  readonly facts: FleetFacts;
  readonly report: FleetReport;
  readonly standing: Standing;
  readonly honouring: Honouring;
  /** Something is missing that should be there: all is to be looked at anew. */
  readonly onLoss: () => void;
}

/** Hands entries on. */
export class FleetEntries {
  readonly #options: FleetEntriesOptions;

  constructor(options: FleetEntriesOptions) {
    this.#options = options;
  }

  /** All of them, as they are; `before`: what was shared before they were listed. */
  async listed(
    { entries }: Listing,
    before: ReadonlyMap<string, number>,
  ): Promise<void> {
    const { keys, standing, honouring } = this.#options;
    const spent: { found: FoundEntry; series: string }[] = [];
    const leases: { found: FoundEntry; place: LeasePlace }[] = [];
    for (const [index, found] of entries.entries()) {
      // Whoever fills the engine keeps nobody from being heard.
      if (index % SLICE === 0) await breath();
      const about = keys.parse(found.key);
      if (about?.kind === "spent") spent.push({ found, series: about.series });
      else if (about?.kind === "lease") leases.push({ found, place: about.place });
      else if (about?.kind === "revoked") this.#revoke(found, about.series);
    }
    await standing.listed(spent);
    await honouring.listed(leases, before);
  }

  /** One that has changed. */
  changed(event: EngineEvent): void {
    if (event.kind === "delete") return this.#deleted(event.key);
    const { keys, standing, honouring } = this.#options;
    const about = keys.parse(event.entry.key);
    if (about?.kind === "spent") standing.put(event.entry, about.series);
    if (about?.kind === "lease") honouring.put(event.entry, about.place);
    if (about?.kind === "revoked") this.#revoke(event.entry, about.series);
  }

  #deleted(key: string): void {
    const { keys, standing, honouring, onLoss } = this.#options;
    const about = keys.parse(key);
    if (about?.kind === "lease") honouring.deleted(key, about.place);
    // None of ours takes it away: what the journal has goes back.
    if (about?.kind === "spent" && standing.knows(about.series)) onLoss();
  }

  #revoke({ key, value }: FoundEntry, series: string): void {
    const { facts, report, seal } = this.#options;
    const entry = parseEntry("revoked", value, key, seal);
    if (entry === undefined) return report.garbled(key);
    if (facts.revoke(series)) report.revoked(entry.door, entry.client, entry.by);
  }
}
