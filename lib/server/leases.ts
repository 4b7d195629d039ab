/**
 * Open doors, and the promise that they close.
 *
 * The order is: spend the counter and promise to close, on disk, in one commit; run the
 * start command; wait; run the stop command until it succeeds; take the promise back.
 * Whatever dies in between, the next start finds the promise and keeps it.
 *
 * @module
 */
import type { Opening } from "../core/door.ts";
import { Failure } from "../core/failure.ts";
import { retryDelay } from "../core/retry.ts";
import { Cooldown } from "./cooldown.ts";
import { startJob, stopJob } from "./door_commands.ts";
import type { Journal, NewLease } from "./journal/journal.ts";
import { hasRun, Lease, newLease, succeeded } from "./lease.ts";
import type { Report } from "./report.ts";
import type { Job, Outcome, Runner } from "./runner.ts";
import { alreadyUsed, spendingOf } from "./spending.ts";
import type { System } from "./system.ts";

/** What leases need. */
export interface LeasesOptions {
  readonly system: System;
  readonly runner: Runner;
  readonly journal: Journal;
  readonly report: Report;
  /** When the machine was started, Unix milliseconds. */
  readonly bootedAt: number;
}

/** Tries of a stop command when the daemon ends, or after a restart of the machine. */
const LAST_TRIES = 3;
const LAST_DELAY_MS = 300;

/** The doors that are open. */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #leases = new Map<Lease, Promise<void>>();
  readonly #current = new Map<string, Lease>();
  readonly #cooldown = new Cooldown();
  #ending = false;

  constructor(options: LeasesOptions) {
    this.#options = options;
  }

  /** Every door that is not known to be closed. */
  list(): Lease[] {
    return [...this.#leases.keys()];
  }

  /** Opens a door for who knocked, or keeps it open; if it can't, it says why. */
  open(opening: Opening): void {
    const { door, address, client } = opening;
    try {
      if (!this.#ending) this.#open(opening);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#options.report.refused(door.name, address.text, client?.name, error.message);
    }
  }

  /** Takes over what an earlier daemon left open; what is overdue closes at once. */
  restore(): void {
    const { journal, report, system, bootedAt } = this.#options;
    const { leases, garbled } = journal.leases();
    for (const { id, problem } of garbled) report.garbledLease(id, problem);
    for (const stored of leases) {
      const lease = new Lease(stored, system);
      lease.doubtful = stored.openedAt < bootedAt ||
        stored.stage !== "open" && stored.attempts === 0;
      // The clock may have been set since: no lease gets longer than it was.
      const longest = stored.closesAt - stored.openedAt;
      const left = Math.min(longest, stored.closesAt - system.now());
      if (stored.stage === "open") lease.endIn(Math.max(0, left));
      else lease.end("the daemon died in the middle of a command");
      this.#hold(lease, this.#close(lease));
    }
  }

  /** Closes the doors that are chosen; gives their number when they are closed. */
  async close(chosen: (lease: Lease) => boolean, why: string): Promise<number> {
    const closing = [...this.#leases].filter(([lease]) => chosen(lease));
    for (const [lease] of closing) lease.end(why);
    await Promise.all(closing.map(([, closed]) => closed));
    return closing.length;
  }

  /** Closes every door but those that are to be kept, and opens none any more. */
  async end(keep: (lease: Lease) => boolean): Promise<void> {
    this.#ending = true;
    this.#options.runner.cancelQueued();
    await this.close((lease) => !keep(lease), "shutting down");
  }

  #open(opening: Opening): void {
    const { system, report, runner } = this.#options;
    const { door, address } = opening;
    const current = this.#current.get(keyOf(door.name, address.text));
    if (current !== undefined) {
      this.#spend(opening);
      return this.#prolong(current, opening);
    }
    const cools = this.#cooldown.holds(
      door.name,
      address.text,
      door.cooldown,
      system.monotonic(),
    );
    const start = startJob(opening);
    const stop = stopJob(opening);
    if (cools || stop === undefined) this.#spend(opening);
    if (cools) return report.cooling(door.name, address.text, door.cooldown);
    if (stop !== undefined) return this.#begin(opening, start, stop);
    report.open(opening);
    if (start !== undefined) runner.run(start);
  }

  #prolong(lease: Lease, opening: Opening): void {
    if (lease.stage === "closing") {
      lease.again = opening;
      return;
    }
    const { system, journal, report } = this.#options;
    const { cmdTimeout } = opening.door;
    this.#note(() => journal.extendLease(lease.id, system.now() + cmdTimeout * 1000));
    lease.endIn(cmdTimeout * 1000);
    report.extended(lease.door, lease.ip, cmdTimeout);
  }

  #begin(opening: Opening, start: Job | undefined, stop: Job): void {
    const { system, runner, report } = this.#options;
    const promise = newLease(opening, stop, system.now());
    const id = this.#spendAndPromise(opening, promise);
    const lease = new Lease({ ...promise, id, stage: "opening", attempts: 0 }, system);
    report.open(opening);
    const started = start === undefined ? undefined : runner.run(start);
    lease.endIn(opening.door.cmdTimeout * 1000);
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
    const { journal } = this.#options;
    const outcome = await started;
    if (outcome !== undefined && !hasRun(outcome)) {
      this.#note(() => journal.endLease(lease.id));
      return;
    }
    lease.stage = "open";
    this.#note(() => journal.markLease(lease.id, "open"));
    await this.#close(lease);
  }

  async #close(lease: Lease): Promise<void> {
    const { journal, runner, report } = this.#options;
    const why = await lease.over;
    report.closing(lease.door, lease.ip, why);
    lease.stage = "closing";
    this.#note(() => journal.markLease(lease.id, "closing", lease.failures));
    while (!succeeded(await runner.run(lease.stop))) {
      lease.failures++;
      this.#note(() => journal.markLease(lease.id, "closing", lease.failures));
      if (!await this.#mayTryAgain(lease)) return;
    }
    this.#note(() => journal.endLease(lease.id));
  }

  async #mayTryAgain(lease: Lease): Promise<boolean> {
    const { journal, report } = this.#options;
    const last = lease.failures >= LAST_TRIES;
    if (lease.doubtful && last) {
      report.gaveUp(lease.door, lease.ip);
      this.#note(() => journal.endLease(lease.id));
      return false;
    }
    if (this.#ending && last) {
      report.leftOpen(lease.door, lease.ip);
      return false;
    }
    const delay = this.#ending ? LAST_DELAY_MS : retryDelay(lease.failures);
    report.stillOpen(lease.door, lease.ip, lease.failures, delay / 1000);
    await lease.pause(delay);
    return true;
  }

  /** Opens again what was knocked on while it closed; its counter is spent already. */
  #reopen({ counter: _, ...opening }: Opening): void {
    this.open(opening);
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

  /** What can't be written now is made up for at the next start, which closes again. */
  #note(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#options.report.trouble(error.message);
    }
  }
}

function keyOf(door: string, ip: string): string {
  return `${ip} ${door}`;
}
