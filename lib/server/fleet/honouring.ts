/** Opens and closes here what the other nodes have opened and closed. */

import type { System } from "../system.ts";
import { yieldToEventLoop } from "./event_loop.ts";
import type { Engine } from "./engine/engine.ts";
import { type LeaseEntry, parseEntry } from "./entry.ts";
import type { EntryKeys, LeasePlace } from "./entry_keys.ts";
import type { EntrySeal } from "./entry_seal.ts";
import type { FleetDoor, FleetDoors } from "./fleet_doors.ts";
import type { FleetFacts } from "./fleet_facts.ts";
import type { FleetReport } from "./fleet_report.ts";
import { guarded } from "./guarded.ts";
import type { FoundEntry } from "./listing.ts";
import type { SpentSync } from "./spent_sync.ts";

/** By so much the clocks of two nodes may differ before a lease is taken for an old one. */
export const CLOCKS_MS = 300_000;
/** Leases of which the engine is asked at once how long they last. */
const ASKED_AT_ONCE = 32;

export interface FleetHand {
  /** Opens a door for so many milliseconds, for a knock at another node. */
  open(door: FleetDoor, ip: string, client: string | undefined, ms: number): void;
  /** Closes those of these doors that are open for somebody. */
  close(doors: readonly FleetDoor[], ip: string, why: string): void;
}

export interface HonouringOptions {
  readonly engine: Pick<Engine, "call">;
  readonly keys: EntryKeys;
  readonly seal: EntrySeal;
  readonly system: Pick<System, "now">;
  readonly facts: FleetFacts;
  readonly doors: FleetDoors;
  readonly hand: FleetHand;
  readonly report: FleetReport;
  readonly spent: Pick<SpentSync, "used">;
}

interface Candidate {
  readonly found: FoundEntry;
  readonly place: LeasePlace;
  readonly entry: LeaseEntry;
}

/** Opens and closes what others opened and closed. */
export class Honouring {
  readonly #options: HonouringOptions;

  constructor(options: HonouringOptions) {
    this.#options = options;
  }

  /** A lease that was put just now. */
  put(found: FoundEntry, place: LeasePlace): void {
    const candidate = this.#candidate(found, place);
    if (candidate !== undefined) this.#honour(candidate, candidate.entry.open_for);
  }

  /** A lease that is gone. */
  deleted(key: string, place: LeasePlace): void {
    const { facts, doors, hand } = this.#options;
    hand.close(doors.of(place), place.ip, "closed in the fleet");
    facts.unshare(key);
  }

  /** All leases that there are, the oldest first; `before`: what was shared before. */
  async listed(
    all: readonly { found: FoundEntry; place: LeasePlace }[],
    before: ReadonlyMap<string, number>,
  ): Promise<void> {
    const { report } = this.#options;
    const there: Candidate[] = [];
    for (let i = 0; i < all.length; i += ASKED_AT_ONCE) {
      const some = all.slice(i, i + ASKED_AT_ONCE).flatMap(({ found, place }) =>
        this.#candidate(found, place) ?? []
      );
      const left = await Promise.all(some.map((candidate) => this.#left(candidate)));
      for (const [index, candidate] of some.entries()) {
        guarded(report, () => this.#honour(candidate, left[index]!));
      }
      there.push(...some);
      await yieldToEventLoop();
    }
    this.#closeOthers(new Set(there.map(({ found }) => found.key)), before);
  }

  #candidate(found: FoundEntry, place: LeasePlace): Candidate | undefined {
    const { seal, report } = this.#options;
    const entry = parseEntry("lease", found.value, found.key, seal);
    if (entry === undefined) return void report.garbled(found.key);
    return { found, place, entry };
  }

  /**
   * What was shared, and is not any more, was closed meanwhile; what has been shared since
   * it was listed is no part of it.
   */
  #closeOthers(there: ReadonlySet<string>, before: ReadonlyMap<string, number>): void {
    const { facts, keys, doors, hand, report } = this.#options;
    for (const [key, until] of facts.shared()) {
      if (there.has(key) || before.get(key) !== until) continue;
      const about = keys.parse(key);
      if (about?.kind === "lease") {
        const { place } = about;
        hand.close(doors.of(place), place.ip, "closed in the fleet meanwhile");
      }
      guarded(report, () => facts.unshare(key));
    }
  }

  /** etcd's own clock says how long a lease lasts that nobody here saw begin. */
  async #left({ found, entry, place }: Candidate): Promise<number> {
    const { engine, facts, doors } = this.#options;
    if (doors.of(place).length === 0 || facts.isSeen(entry.once)) return 0;
    const answer = await engine.call("lease/timetolive", { ID: found.lease });
    return Math.max(0, Number(answer["TTL"] ?? 0) * 1000) || 0;
  }

  #honour({ found, place, entry }: Candidate, left: number): void {
    const { system, facts, doors, hand, report, spent } = this.#options;
    const { series, counter, once, at, open_for: openFor } = entry;
    const mine = doors.of(place);
    const now = system.now();
    const until = at + openFor + CLOCKS_MS;
    if (mine.length === 0 || left <= 0) return;
    if (series !== undefined && facts.isRevoked(series)) return;
    if (until < now) {
      // What it has forgotten would open once more.
      if (!facts.isSeen(once)) report.tooOld(mine[0]!.name, place.ip, entry.by, now - at);
      return;
    }
    const shared = { place: found.key, until: now + Math.min(openFor, left) };
    if (!facts.honour({ once, series, counter, until }, shared)) return;
    if (series !== undefined) spent.used(series, counter!);
    for (const door of mine) {
      const ms = Math.min(openFor, door.cmdTimeout * 1000, left);
      report.knockedAt(door.name, place.ip, entry.by);
      hand.open(door, place.ip, entry.client, ms);
    }
  }
}
