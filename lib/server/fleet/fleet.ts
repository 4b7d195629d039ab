/** A node of a fleet: what its machines have in common is told and heard here. */

import type { FleetSettings } from "../../config/fleet_settings.ts";
import type { Door } from "../../core/door.ts";
import type { Journal } from "../journal/journal.ts";
import type { Series } from "../journal/series.ts";
import type { System } from "../system.ts";
import { Attendance } from "./attendance.ts";
import { Engine } from "./engine/engine.ts";
import { EntryKeys } from "./entry_keys.ts";
import { EntrySeal } from "./entry_seal.ts";
import { FleetDoors, leasePlace } from "./fleet_doors.ts";
import { FleetEntries } from "./fleet_entries.ts";
import type { FleetFacts } from "./fleet_facts.ts";
import type { FleetReport } from "./fleet_report.ts";
import { guarded } from "./guarded.ts";
import { CLOCKS_MS, type FleetHand, Honouring } from "./honouring.ts";
import { Presence } from "./presence.ts";
import { Publisher } from "./publisher.ts";
import { Revocations } from "./revocations.ts";
import { type SpendAnswer, Spender } from "./spender.ts";
import { SpentSync } from "./spent_sync.ts";

export interface FleetOptions {
  readonly settings: FleetSettings;
  readonly facts: FleetFacts;
  readonly system: Pick<System, "now" | "monotonic" | "schedule">;
  readonly journal: Pick<Journal, "batch" | "highest" | "spend" | "unknownUpTo">;
  readonly report: FleetReport;
  /** The doors of the config in force. */
  readonly doors: () => readonly Door[];
  readonly hand: FleetHand;
  /** A counter of a series was spent elsewhere. */
  readonly onSpent: (series: Series) => void;
}

/** A knock that has opened a door of a group here. */
export interface SharedOpening {
  readonly door: Door;
  readonly ip: string;
  readonly client?: string | undefined;
  readonly series?: string | undefined;
  readonly counter?: number | undefined;
}

export interface FleetStanding {
  readonly name: string;
  readonly node: string;
  /** The member that is asked. */
  readonly endpoint: string;
  /** Why the engine can't be reached, if it can't. */
  readonly why?: string;
  /** Whether something was spent here that the engine does not know. */
  readonly owes: boolean;
}

/** What was spent here alone is told so soon. */
const DEBT_MS = 5000;
const [LEAVE_MS, FORGET_MS] = [1000, 60_000];

export class Fleet implements Disposable {
  readonly #options: FleetOptions;
  readonly #engine: Engine;
  readonly #keys: EntryKeys;
  readonly #doors: FleetDoors;
  readonly #spender: Spender;
  readonly #publisher: Publisher;
  readonly #spent: SpentSync;
  readonly #presence: Presence;
  readonly #attendance: Attendance;
  #why: string | undefined = "not asked yet";
  #cancelDebt: (() => void) | undefined;
  #cancelForget = () => {};

  /** Joins its fleet; that the engine is not there is no reason not to be. */
  constructor(options: FleetOptions) {
    const { settings, facts, system, report, hand } = options;
    const { node, timeout } = settings;
    this.#options = options;
    const engine = this.#engine = new Engine(settings);
    const keys = this.#keys = new EntryKeys(settings.name);
    const seal = new EntrySeal(settings.secret);
    const doors = this.#doors = new FleetDoors(options.doors);
    const common = { engine, keys, seal, system };
    const spender = new Spender({ ...common, node, timeout: timeout * 1000 });
    this.#spender = spender;
    this.#publisher = new Publisher({
      ...common,
      published: (key, until) => this.#guarded(() => facts.share(key, until)),
      delayed: (place, why) => {
        report.notTold(doors.of(place)[0]?.name ?? place.label, place.ip, why);
      },
    });
    const onLoss = () => this.#attendance.restart();
    const onOwes = (owes: boolean) => this.#guarded(() => facts.setOwes(owes));
    const own = { keys, seal, doors, spender, onOwes, onLoss };
    const spent = this.#spent = new SpentSync({ ...options, ...own });
    const honouring = new Honouring({ ...common, facts, doors, hand, report, spent });
    const known = { ...common, facts, doors, report, node };
    const revocations = new Revocations({ ...known, onLoss });
    const publisher = this.#publisher;
    const heard = { spent, revocations, honouring, publisher };
    const entries = new FleetEntries({ ...heard, keys, onLoss });
    const onRival = () => report.rival(node);
    this.#presence = new Presence({ ...common, node, doors, onRival });
    this.#forgetLater();
    this.#attendance = new Attendance(engine, keys, system, {
      shared: () => {
        publisher.forgetChanges();
        return facts.shared();
      },
      listed: (listing, before) => entries.listed(listing, before),
      changed: (event) => this.#guarded(() => entries.changed(event)),
      beat: (ms) => this.#presence.beat(ms),
      present: (why) => this.#present(why),
    });
  }

  get standing(): FleetStanding {
    const { settings: { name, node } } = this.#options;
    const why = this.#why === undefined ? {} : { why: this.#why };
    return {
      name,
      node,
      endpoint: this.#engine.endpoint,
      ...why,
      owes: this.#spent.owes,
    };
  }

  /** Spends a counter in the whole fleet. */
  async spend(series: Series, counter: number): Promise<SpendAnswer> {
    const answer = await this.#spender.spend(series, counter);
    if (answer.kind === "used") this.#spent.raise(series, answer.by.counter);
    if (answer.kind === "garbled") {
      this.#options.report.garbled(this.#keys.spent(series.id));
    }
    return answer;
  }

  /** A counter was spent here alone: the engine is told as soon as that is possible. */
  owe(): void {
    this.#spent.owe();
    this.#cancelDebt ??= this.#options.system.schedule(DEBT_MS, () => {
      this.#cancelDebt = undefined;
      if (this.#why === undefined) this.#attendance.restart();
    });
  }

  /** Spends a counter that opened nothing, when there is time. */
  async spendSoon(series: Series, counter: number): Promise<void> {
    const answer = await this.spend(series, counter);
    if (answer.kind === "unknown") this.owe();
    if (answer.kind === "spent") answer.noted();
  }

  /** Whether a client was shut out everywhere. */
  isRevoked(series: string): boolean {
    return this.#options.facts.isRevoked(series);
  }

  /** Whether a series is one that the fleet has together. */
  has(series: string): boolean {
    return this.#doors.series.has(series);
  }

  /** Tells all that share a door, here and elsewhere, that it opened, or is open for longer. */
  publish(opening: SharedOpening): void {
    const { door, ip, client, series, counter } = opening;
    const place = leasePlace(door, ip);
    if (place === undefined) return;
    const { facts, system, settings, hand } = this.#options;
    const openFor = door.cmdTimeout * 1000;
    const once = crypto.getRandomValues(new Uint8Array(16)).toHex();
    const until = system.now() + openFor + CLOCKS_MS;
    this.#guarded(() => facts.unshare(this.#keys.lease(place)));
    const said = {
      by: settings.node,
      ...(client === undefined ? {} : { client }),
      ...(series === undefined ? {} : { series, counter: counter! }),
      once,
    };
    const note = () => this.#guarded(() => facts.own({ once, series, counter, until }));
    void this.#publisher.publish(place, said, openFor, note);
    // This node's own lease is no news to it.
    for (const other of this.#doors.of(place).filter(({ name }) => name !== door.name)) {
      const ms = Math.min(openFor, other.cmdTimeout * 1000);
      this.#guarded(() => hand.open(other, ip, client, ms));
    }
  }

  /** The doors that are open in the fleet, as this node has heard, though maybe not here. */
  get open(): { readonly door: string; readonly ip: string }[] {
    const { facts, system } = this.#options;
    const now = system.now();
    return [...facts.shared()].flatMap(([key, until]) => {
      const about = this.#keys.parse(key);
      if (about?.kind !== "lease" || until <= now) return [];
      const { ip } = about.place;
      return this.#doors.of(about.place).map(({ name }) => ({ door: name, ip }));
    });
  }

  /** Tells the others that a door is closed; whether they know, or can't be told yet. */
  async unpublish(door: Door, ip: string): Promise<boolean> {
    const place = leasePlace(door, ip);
    if (place === undefined) return true;
    this.#guarded(() => this.#options.facts.unshare(this.#keys.lease(place)));
    return await this.#publisher.unpublish(place, door.cmdTimeout * 1000);
  }

  /** The config in force is another: what concerned nobody before may do so now. */
  refresh(): void {
    this.#attendance.restart();
  }

  /** Asks and tells no more; whoever waits for an answer hears that there is none. */
  async leave(): Promise<void> {
    this.#cancelForget();
    this.#publisher.close();
    this.#attendance.close();
    await this.#presence.leave(LEAVE_MS).catch(() => {});
    this.#engine[Symbol.dispose]();
  }

  /** Gives its file back, once it has left. */
  [Symbol.dispose](): void {
    this.#cancelDebt?.();
    this.#options.facts[Symbol.dispose]();
  }

  #present(why: string | undefined): void {
    this.#why = why;
    const { settings, report } = this.#options;
    report.present(settings.name, settings.node, this.#engine.endpoint, why);
    if (why === undefined && this.#spent.owes) this.owe();
  }

  #guarded(act: () => void): void {
    guarded(this.#options.report, act);
  }

  #forgetLater(): void {
    const { system, facts } = this.#options;
    this.#cancelForget = system.schedule(FORGET_MS, () => {
      this.#guarded(() => facts.forget(system.now()));
      this.#forgetLater();
    });
  }
}
