/** What the engine has of a fleet, sorted out: each entry goes to whom it concerns. */

import { inSlices } from "./event_loop.ts";
import type { EngineEvent } from "./engine/engine_watch.ts";
import type { EntryKeys, LeasePlace } from "./entry_keys.ts";
import type { Honouring } from "./honouring.ts";
import type { FoundEntry, Listing } from "./listing.ts";
import type { Publisher } from "./publisher.ts";
import type { Revocations } from "./revocations.ts";
import type { SpentSync } from "./spent_sync.ts";

/** Whom entries concern. */
export interface FleetEntriesOptions {
  readonly keys: EntryKeys;
  readonly spent: SpentSync;
  readonly revocations: Revocations;
  readonly honouring: Honouring;
  readonly publisher: Publisher;
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
    const { keys, spent, revocations, honouring } = this.#options;
    const counters: { found: FoundEntry; series: string }[] = [];
    const revoked: typeof counters = [];
    const leases: { found: FoundEntry; place: LeasePlace }[] = [];
    // Whoever fills the engine keeps nobody from being heard.
    await inSlices(entries, (some) => {
      for (const found of some) {
        const about = keys.parse(found.key);
        if (about?.kind === "spent") counters.push({ found, series: about.series });
        else if (about?.kind === "lease") leases.push({ found, place: about.place });
        else if (about?.kind === "revoked") revoked.push({ found, series: about.series });
      }
    });
    // What the engine can't be told keeps nothing of what it says from being heard.
    const failures: unknown[] = [];
    for (
      const heard of [
        () => revocations.listed(revoked),
        () => spent.listed(counters),
        () => honouring.listed(leases, before),
      ]
    ) await heard().catch((error) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }

  changed(event: EngineEvent): void {
    if (event.kind === "delete") return this.#deleted(event);
    const { keys, spent, revocations, honouring } = this.#options;
    const about = keys.parse(event.entry.key);
    if (about?.kind === "spent") spent.put(event.entry, about.series);
    if (about?.kind === "lease") honouring.put(event.entry, about.place);
    if (about?.kind === "revoked") revocations.put(event.entry, about.series);
  }

  #deleted({ key, revision }: Extract<EngineEvent, { kind: "delete" }>): void {
    const { keys, spent, revocations, onLoss } = this.#options;
    const about = keys.parse(key);
    if (about?.kind === "lease") this.#closed(key, about.place, revision);
    if (about?.kind === "revoked") revocations.deleted(about.series);
    // None of ours takes it away: what the journal has goes back.
    if (about?.kind === "spent" && spent.knows(about.series)) onLoss();
  }

  /** What was open until now may be open anew here, and the engine not know it yet. */
  #closed(key: string, place: LeasePlace, revision: number): void {
    const { honouring, publisher, onLoss } = this.#options;
    const told = publisher.telling(key);
    if (told !== undefined) {
      void told.then(() => publisher.isOlder(key, revision) || onLoss());
    } else if (!publisher.isOlder(key, revision)) honouring.deleted(key, place);
  }
}
