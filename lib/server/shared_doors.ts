/**
 * What ties a fleet to the doors of a daemon. Where the config has no fleet, nothing of one
 * is loaded, and everything stays on this machine.
 */

import type { Config } from "../config/config.ts";
import type { Door, Opening } from "../core/door.ts";
import { Failure } from "../core/failure.ts";
import type { Fleet, FleetStanding } from "./fleet/fleet.ts";
import type { FleetReport } from "./fleet/fleet_report.ts";
import { fleetHandOn } from "./fleet_hand.ts";
import type { Journal } from "./journal/journal.ts";
import type { Series } from "./journal/series.ts";
import { alreadyUsed, spendingOf, stillTakes } from "./journal/spending.ts";
import type { Openings } from "./knocks/openings.ts";
import type { SpentCounters } from "./knocks/rotation/rotating_door.ts";
import { UnopenedKnocks } from "./knocks/unopened.ts";
import type { Answer } from "./leases/answer.ts";
import { type ChosenLeases, isChosen, type OpenDoor } from "./leases/close_within.ts";
import type { Leases } from "./leases/leases.ts";
import type { Logger } from "./log/log.ts";
import type { Report } from "./log/report.ts";
import type { System } from "./system.ts";

/** What is shared, and who hears of it. */
export interface SharedDoorsOptions {
  readonly leases: () => Leases;
  readonly journal: Journal;
  readonly report: Report;
  readonly logger: Logger;
  readonly system: System;
  /** Takes what fails and is not to end anything else. */
  readonly onFault: (error: unknown) => void;
  readonly config: () => Config;
  /** A counter of a series was spent elsewhere, or later than its knock. */
  readonly onSpent: (series: Series) => void;
}

/** The doors that other machines have, too. */
export class SharedDoors {
  readonly #options: SharedDoorsOptions;
  readonly #unopened: UnopenedKnocks;
  /** What waits for the fleet's word. */
  readonly #asking = new Set<Promise<unknown>>();
  #fleet: Fleet | undefined;
  #report: FleetReport | undefined;

  constructor(options: SharedDoorsOptions) {
    this.#options = options;
    this.#unopened = new UnopenedKnocks(options);
  }

  /** Joins the fleet of the config, if it has one; that takes no time. */
  async join({ fleet: settings, options: { stateDir } }: Config): Promise<void> {
    if (settings === undefined) return;
    const { joinFleet } = await import("./fleet/join_fleet.ts");
    const { journal, system, logger, onSpent, config } = this.#options;
    const joined = await joinFleet({
      settings,
      stateDir: journal.lasts ? stateDir : undefined,
      system,
      journal,
      logger,
      doors: () => config().doors,
      hand: fleetHandOn(this.#options.leases),
      onSpent,
    });
    this.#fleet = joined.fleet;
    this.#report = joined.report;
  }

  /** What is spent, here and in the fleet. */
  get journal(): SpentCounters {
    const { journal } = this.#options;
    return {
      highest: (series) => journal.highest(series),
      unknownUpTo: (series) => journal.unknownUpTo(series),
      isSpent: (series, counter) => {
        if (this.#fleet?.isRevoked(series.id)) {
          throw revoked(series);
        }
        return journal.isSpent(series, counter);
      },
      spend: (series, counter) => {
        const answer = journal.spend(series, counter);
        if (this.#fleet?.has(series.id)) {
          void this.#ask(this.#fleet.spendSoon(series, counter));
        }
        return answer;
      },
    };
  }

  /** Hands on an opening, of a rotating door once the whole fleet has spent it. */
  take(
    opening: Opening,
    openings: Openings,
  ): Promise<boolean | undefined> | undefined {
    const { door, counter } = opening;
    if (this.#fleet === undefined || door.fleet === undefined || counter === undefined) {
      return void openings.add(opening);
    }
    return this.#ask(this.#spendAndOpen(opening, this.#fleet));
  }

  /** Opens doors, and tells the fleet of those that it shares. */
  readonly openAll = (openings: readonly Opening[]): Answer[] => {
    const answers = this.#options.leases().openAll(openings);
    if (this.#fleet === undefined) return answers;
    openings.forEach((opening, index) => {
      const answer = answers[index]!;
      if (answer !== "refused" && answer !== "cooling") this.#publish(opening);
    });
    return answers;
  };

  /**
   * Tells the fleet that somebody closes what is chosen: `leases`, which are open here, and
   * what is open at other machines alone. Gives how many of those there were, and how many
   * doors the others can't be told of yet, and so may have open still.
   */
  async closed(
    chosen: ChosenLeases,
    leases: readonly OpenDoor[],
  ): Promise<{ elsewhere: number; untold: number }> {
    const fleet = this.#fleet;
    if (fleet === undefined || chosen.here) return { elsewhere: 0, untold: 0 };
    const here = new Set(leases.map(({ door, ip }) => `${door} ${ip}`));
    const elsewhere = fleet.open.filter(isChosen(chosen))
      .filter(({ door, ip }) => !here.has(`${door} ${ip}`));
    const { door, ip } = chosen;
    // What is named may be open though no word of it has come here.
    const closing = door !== undefined && ip !== undefined
      ? [{ door, ip }]
      : [...leases, ...elsewhere];
    const told = await Promise.all(
      closing.map(({ door, ip }) => this.#unpublish(fleet, door, ip)),
    );
    const untold = told.filter((isTold) => !isTold).length;
    return { elsewhere: untold > 0 ? 0 : elsewhere.length, untold };
  }

  /** The config in force is another. */
  reloaded(): void {
    this.#fleet?.refresh();
  }

  /** How the fleet is doing, if there is one. */
  get standing(): FleetStanding | undefined {
    return this.#fleet?.standing;
  }

  /** Leaves the fleet; what was knocked for before is spent with its word or without. */
  async leave(): Promise<void> {
    await this.#fleet?.leave();
    await Promise.all(this.#asking);
    this.#fleet?.[Symbol.dispose]();
    this.#fleet = undefined;
  }

  /** What it gives; nothing where it fails, which is no other knock's trouble. */
  #ask<T>(asked: Promise<T>): Promise<T | undefined> {
    const asking = asked.catch((error) => void this.#options.onFault(error))
      .finally(() => this.#asking.delete(asking));
    this.#asking.add(asking);
    return asking;
  }

  async #spendAndOpen(opening: Opening, fleet: Fleet): Promise<boolean> {
    return await this.#spend(opening, fleet) && await this.#openNow(opening);
  }

  /** Whether a counter may open its door; if not, it is said why. */
  async #spend(opening: Opening, fleet: Fleet): Promise<boolean> {
    const { door, address } = opening;
    const spending = spendingOf(opening)!;
    const answer = await fleet.spend(spending.series, spending.counter);
    switch (answer.kind) {
      case "spent":
        // Until then the journal is told, too.
        setTimeout(answer.noted, 0);
        return true;
      case "used": {
        const why = `${alreadyUsed().message}, at ${answer.by.node}`;
        return this.#unopened.refuse(opening, "used", why);
      }
      case "garbled": {
        const why = "what etcd says was used was not written by this fleet";
        return this.#unopened.refuse(opening, "fault", why, spending);
      }
      case "unknown": {
        fleet.owe();
        if (door.fleet!.alone === "open") {
          this.#report?.alone(door.name, address.text, answer.why);
          return true;
        }
        const why = `the fleet can't be asked whether it was used: ${answer.why}`;
        return this.#unopened.refuse(opening, "engine", why, spending);
      }
    }
  }

  /** Meanwhile the config may have changed, who knocked been shut out, or the daemon end. */
  #openNow(opening: Opening): boolean | Promise<false> {
    const spending = spendingOf(opening)!;
    const { series } = spending;
    const door = this.#doorOf(opening.door.name);
    const refuse = (why: string) =>
      this.#unopened.refuse(opening, "fault", why, spending);
    if (this.#fleet?.isRevoked(series.id)) return refuse(revoked(series).message);
    if (door?.fleet === undefined || !stillTakes(door, opening)) {
      return refuse("the config has changed meanwhile");
    }
    this.openAll([{ ...opening, door }]);
    this.#options.onSpent(series);
    return true;
  }

  #publish(opening: Opening): void {
    const { door, address, client } = opening;
    const fleet = this.#fleet!;
    for (const name of door.closes) void this.#unpublish(fleet, name, address.text);
    if (door.fleet === undefined) return;
    const spending = spendingOf(opening);
    fleet.publish({
      door,
      ip: address.text,
      client: client?.name,
      series: spending?.series.id,
      counter: spending?.counter,
    });
  }

  /** Whether the others know that a door is closed; of one that is gone they need not. */
  async #unpublish(fleet: Fleet, name: string, ip: string): Promise<boolean> {
    const door = this.#doorOf(name);
    return door === undefined || await fleet.unpublish(door, ip);
  }

  #doorOf(name: string): Door | undefined {
    return this.#options.config().doors.find((door) => door.name === name);
  }
}

function revoked({ client }: Series): Failure {
  return new Failure(`${client} was revoked in the whole fleet`);
}
