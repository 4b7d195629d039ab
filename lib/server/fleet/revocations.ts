/** Clients that were shut out of the whole fleet, for good: who knows it tells an engine that does not. */

import { Failure } from "../../core/failure.ts";
import type { Series } from "../journal/series.ts";
import type { System } from "../system.ts";
import type { Engine } from "./engine/engine.ts";
import { toEngine } from "./engine/engine_text.ts";
import { formatEntry, parseEntry } from "./entry.ts";
import type { EntryKeys } from "./entry_keys.ts";
import type { EntrySeal } from "./entry_seal.ts";
import { inSlices } from "./event_loop.ts";
import type { FleetDoors } from "./fleet_doors.ts";
import type { FleetFacts } from "./fleet_facts.ts";
import type { FleetReport } from "./fleet_report.ts";
import { guarded } from "./guarded.ts";
import type { FoundEntry } from "./listing.ts";

export interface RevocationsOptions {
  readonly engine: Pick<Engine, "call">;
  readonly keys: EntryKeys;
  readonly seal: EntrySeal;
  readonly system: Pick<System, "now">;
  readonly facts: FleetFacts;
  readonly doors: FleetDoors;
  readonly report: FleetReport;
  readonly node: string;
  /** The engine has forgotten something, and could not be told: all is to be looked at anew. */
  readonly onLoss: () => void;
}

/** Keeps who was revoked, and the engine from forgetting it. */
export class Revocations {
  readonly #options: RevocationsOptions;

  constructor(options: RevocationsOptions) {
    this.#options = options;
  }

  /** An entry that was put just now. */
  put(found: FoundEntry, series: string): void {
    if (this.#take(found, series)) this.#hear([series]);
    else this.deleted(series);
  }

  /** An entry that is gone: none of ours takes one away. */
  deleted(id: string): void {
    // Of no other client is the name known.
    const series = this.#options.doors.series.get(id);
    if (series === undefined || !this.#options.facts.isRevoked(id)) return;
    this.#tell(series).catch((error) => {
      if (!(error instanceof Failure)) throw error;
      this.#options.onLoss();
    });
  }

  /** All that there are; tells the engine of the others. */
  async listed(all: readonly { found: FoundEntry; series: string }[]): Promise<void> {
    const there = new Set<string>();
    await inSlices(all, (some) => {
      const taken = some.filter(({ found, series }) => this.#take(found, series))
        .map(({ series }) => series);
      this.#hear(taken);
      for (const series of taken) there.add(series);
    });
    for (const id of this.#options.facts.revoked().filter((id) => !there.has(id))) {
      const series = this.#options.doors.series.get(id);
      if (series !== undefined) await this.#tell(series);
    }
  }

  /** Whether it is an entry; then it holds from now on. */
  #take({ key, value }: FoundEntry, series: string): boolean {
    const { facts, report, seal } = this.#options;
    const entry = parseEntry("revoked", value, key, seal);
    if (entry === undefined) report.garbled(key);
    else if (!facts.isRevoked(series)) {
      report.revoked(entry.door, entry.client, entry.by);
      guarded(report, () => facts.revoke(series));
    }
    return entry !== undefined;
  }

  /** This fleet's engine has known of them: then it is to go on doing so. */
  #hear(some: readonly string[]): void {
    const { keys, facts, report } = this.#options;
    const all = some.map((series) => ({ key: keys.revoked(series), counter: 0 }));
    guarded(report, () => facts.hear(all));
  }

  async #tell({ id, label, client }: Series): Promise<void> {
    const { engine, keys, seal, system, node, facts, report } = this.#options;
    const key = keys.revoked(id);
    const isLost = (guarded(report, () => facts.heard(key)) ?? 0) >= 0;
    const entry = { v: 1, door: label, client, by: node, at: system.now() } as const;
    const value = toEngine(formatEntry("revoked", entry, key, seal));
    await engine.call("kv/put", { key: toEngine(key), value });
    if (isLost) report.unrevoked(label, client);
    else report.toldRevoked(label, client);
  }
}
