/**
 * Open doors, and the promise that they close.
 *
 * The order is: spend the counter and promise to close, on disk, in one commit; run the
 * start command; wait; run the stop command until it succeeds; take the promise back.
 * Whatever dies in between, the next start finds the promise and keeps it.
 *
 * @module
 */
import type { Opening } from "../../core/door.ts";
import { Failure } from "../../core/failure.ts";
import { Closer } from "./closer.ts";
import { Cooldown } from "./cooldown.ts";
import { jobsOf } from "../commands/door_commands.ts";
import type { Journal, NewLease, StoredLease } from "../journal/journal.ts";
import { hasRun, Lease, markOf, newLease, succeeded } from "./lease.ts";
import { LeaseNotes } from "./notes.ts";
import type { Report } from "../log/report.ts";
import type { Job, Outcome, Runner } from "../commands/runner.ts";
import { alreadyUsed, spendingOf } from "../journal/spending.ts";
import type { System } from "../system.ts";

/** What leases need. */
export interface LeasesOptions {
  readonly system: System;
  readonly runner: Runner;
  readonly journal: Journal;
  readonly report: Report;
  /** Which start of the machine this is. */
  readonly bootId: string;
}

/** The doors that are open. */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #leases = new Map<Lease, Promise<void>>();
  readonly #current = new Map<string, Lease>();
  readonly #cooldown = new Cooldown();
  readonly #notes: LeaseNotes;
  readonly #closer: Closer;

  constructor(options: LeasesOptions) {
    const { journal, runner, report } = options;
    this.#options = options;
    this.#notes = new LeaseNotes(journal, report);
    const notes = this.#notes;
    const giveWay = (lease: Lease) => this.#giveWay(lease);
    this.#closer = new Closer({ runner, report, notes, giveWay });
  }

  /** Every door that is not known to be closed. */
  list(): Lease[] {
    return [...this.#leases.keys()];
  }

  /** Opens a door for who knocked, or keeps it open; if it can't, it says why. */
  open(opening: Opening): void {
    const { door, address, client } = opening;
    try {
      if (!this.#closer.ending) this.#open(opening);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#options.report.refused(door.name, address.text, client?.name, error.message);
    }
  }

  /** Takes over what an earlier daemon left open; what is overdue closes at once. */
  restore(): void {
    const { journal, report, system } = this.#options;
    const { leases, garbled } = journal.leases();
    for (const { id, problem } of garbled) report.garbledLease(id, problem);
    // A command that outlived its daemon must not open what has just been closed.
    const marks = leases.flatMap(({ stage, mark }) =>
      stage === "open" ? [] : markOf(mark, stage === "opening" ? "start" : "stop")
    );
    const alone = marks.length === 0 ? undefined : system.endMarked(marks);
    for (const stored of leases) {
      const lease = new Lease(stored, system);
      this.#resume(lease, stored);
      const life = stored.stage === "open"
        ? this.#closer.close(lease)
        : Promise.resolve(alone).then(() => this.#closer.close(lease));
      this.#hold(lease, life);
    }
  }

  /** Closes the doors that are chosen; gives their number when they are closed. */
  async close(chosen: (lease: Lease) => boolean, why: string): Promise<number> {
    const closing = [...this.#leases].filter(([lease]) => chosen(lease));
    for (const [lease] of closing) {
      lease.again = undefined;
      lease.end(why);
    }
    await Promise.all(closing.map(([, closed]) => closed));
    return closing.length;
  }

  /**
   * Closes every door but those that are to be kept, and opens none any more. It takes 80
   * seconds at most: what can't be closed by then is left to the next start.
   */
  async end(keep: (lease: Lease) => boolean): Promise<void> {
    this.#closer.ending = true;
    this.#options.runner.hurry();
    const stays = (lease: Lease) => keep(lease) && !lease.isOver;
    for (const lease of this.list().filter(stays)) lease.stay();
    await this.close((lease) => !stays(lease), "shutting down");
    this.#notes.catchUp();
  }

  #resume(lease: Lease, stored: StoredLease): void {
    const { bootId, system } = this.#options;
    const { stage, attempts, openFor, closesAt } = stored;
    const rebooted = stored.bootId !== bootId;
    const doubled = this.#current.has(keyOf(lease.door, lease.ip));
    lease.doubtful = stage !== "open" || rebooted || doubled;
    if (rebooted) return lease.end("the machine was restarted");
    if (stage !== "open") return lease.end("the daemon died in the middle of a command");
    if (attempts > 0) return lease.end("its stop command has failed");
    const left = closesAt - system.now();
    lease.endIn(Math.max(0, Math.min(left, openFor)));
    // The clock was set back: another restart must not make it longer once more.
    if (left > openFor) this.#notes.extended(lease, system.now() + openFor, openFor);
  }

  #open(opening: Opening): void {
    const { system, report, runner } = this.#options;
    const { door, address } = opening;
    const current = this.#current.get(keyOf(door.name, address.text));
    if (current !== undefined) {
      this.#spend(opening);
      return this.#prolong(current, opening);
    }
    const now = system.monotonic();
    const cools = this.#cooldown.holds(door, address.text, now);
    const { start, stop } = jobsOf(opening);
    if (cools || stop === undefined) this.#spend(opening);
    if (cools) return report.cooling(door.name, address.text, door.cooldown);
    if (stop === undefined) {
      report.open(opening);
      if (start !== undefined) void runner.run(start);
    } else this.#begin(opening, start, stop);
    this.#cooldown.begin(door, address.text, now);
  }

  #prolong(lease: Lease, opening: Opening): void {
    if (lease.isOver) return lease.openAgain(opening);
    const { system, report } = this.#options;
    const { cmdTimeout } = opening.door;
    const openFor = cmdTimeout * 1000;
    this.#notes.extended(lease, system.now() + openFor, openFor);
    lease.endIn(openFor);
    report.extended(lease.door, lease.ip, cmdTimeout);
  }

  #begin(opening: Opening, start: Job | undefined, stop: Job): void {
    const { system, runner, report, bootId } = this.#options;
    const promise = newLease(opening, stop, system.now(), bootId);
    const id = this.#spendAndPromise(opening, promise);
    const lease = new Lease({ ...promise, id, stage: "opening", attempts: 0 }, system);
    report.open(opening);
    const mark = markOf(promise.mark, "start");
    const started = start === undefined ? undefined : runner.run({ ...start, mark });
    lease.endIn(promise.openFor);
    this.#hold(lease, this.#live(lease, started));
  }

  #hold(lease: Lease, life: Promise<void>): void {
    const key = keyOf(lease.door, lease.ip);
    this.#current.set(key, lease);
    const closed = life.then(() => {
      this.#leases.delete(lease);
      if (this.#current.get(key) === lease) this.#current.delete(key);
      if (lease.again !== undefined) this.#reopen(lease.again);
    });
    this.#leases.set(lease, closed);
  }

  async #live(lease: Lease, started: Promise<Outcome> | undefined): Promise<void> {
    const outcome = await started;
    if (outcome !== undefined && !hasRun(outcome)) return this.#notes.ended(lease);
    lease.stage = "open";
    // The journal keeps calling it "opening" while nobody knows whether it is open.
    lease.doubtful = outcome !== undefined && !succeeded(outcome);
    if (!lease.doubtful) this.#notes.opened(lease);
    await this.#closer.close(lease);
  }

  /** Opens again what was knocked on too late; its counter is spent already. */
  #reopen({ counter: _, ...opening }: Opening): void {
    this.open(opening);
  }

  /** Whoever knocks is let in though the door can't be closed; both are closed later. */
  async #giveWay(lease: Lease): Promise<void> {
    const key = keyOf(lease.door, lease.ip);
    const { again } = lease;
    lease.again = undefined;
    this.#current.delete(key);
    if (again !== undefined) this.#reopen(again);
    let other = this.#current.get(key);
    lease.doubtful ||= other !== undefined;
    for (; other !== undefined; other = this.#current.get(key)) {
      await this.#leases.get(other);
    }
    this.#current.set(key, lease);
  }

  #spend(opening: Opening): void {
    const spending = spendingOf(opening);
    if (spending === undefined) return;
    const { series, counter } = spending;
    if (this.#options.journal.spend(series, counter) === "used") throw alreadyUsed();
  }

  #spendAndPromise(opening: Opening, lease: NewLease): number {
    const { journal } = this.#options;
    const spending = spendingOf(opening);
    if (spending === undefined) return journal.beginLease(lease);
    const id = journal.spendAndBegin(spending.series, spending.counter, lease);
    if (id === "used") throw alreadyUsed();
    return id;
  }
}

function keyOf(door: string, ip: string): string {
  return `${ip} ${door}`;
}
