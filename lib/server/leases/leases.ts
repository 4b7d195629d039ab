/**
 * Open doors, and the promise that they close.
 *
 * The order is: spend the counter and promise to close, on disk, in one commit; run the
 * start command; wait; run the stop command until it succeeds; take the promise back.
 * Whatever dies in between, the next start finds the promise and keeps it.
 */

import type { Door, Opening } from "../../core/door.ts";
import type { Runner } from "../commands/runner.ts";
import type { Journal, StoredLease } from "../journal/journal.ts";
import type { Report } from "../log/report.ts";
import type { System } from "../system.ts";
import { Admission } from "./admission.ts";
import type { Answer } from "./answer.ts";
import { changeOf } from "./after_reload.ts";
import { Cooldown } from "./cooldown.ts";
import { Deadlines } from "./deadlines.ts";
import { type Elements, NO_ELEMENTS } from "./elements.ts";
import { endOf, exitOf, restarted, SHUTTING_DOWN, withDoor } from "./events.ts";
import { found, type OverdueLease, overLease, united } from "./dead_daemon.ts";
import { begun } from "./held.ts";
import { Keeper } from "./keeper.ts";
import { Lease } from "./lease.ts";
import { LeaseElements } from "./lease_elements.ts";
import { LeaseNotes } from "./notes.ts";
import { DoorOpener } from "./opener.ts";
import type { Parts } from "./parts.ts";
import { afterWait } from "./plan.ts";
import { Registry } from "./registry.ts";
import { Renewal } from "./renewal.ts";
import { adoptedPromise, markOf } from "./row.ts";
import { Starter } from "./starter.ts";
import { isHeld } from "./state.ts";

export interface LeasesOptions {
  readonly system: System;
  readonly runner: Runner;
  readonly journal: Journal;
  readonly report: Report;
  /** Which start of the machine this is. */
  readonly bootId: string;
  /** The kernel's doors. */
  readonly elements?: Elements;
}

export class Leases {
  readonly #parts: Parts;
  readonly #keeper: Keeper;
  readonly #opener: DoorOpener;

  constructor({ elements = NO_ELEMENTS, ...options }: LeasesOptions) {
    const { system, report, journal } = options;
    this.#parts = {
      ...options,
      elements: new LeaseElements(
        elements,
        report.leases,
        system,
        (lease) => this.#keeper.forget(lease),
      ),
      registry: new Registry(),
      admission: new Admission(system),
      cooldown: new Cooldown(),
      notes: new LeaseNotes(journal, report.leases, system),
      deadlines: new Deadlines(system, (due) => this.#end(due, "command timeout", true)),
    };
    this.#keeper = new Keeper(this.#parts, {
      knockAgain: (lease, opening) => void renewal.knock(lease, afterWait(opening)),
      reopen: (lease, opening) => renewal.reopen(lease, opening, openAnew),
      openAnew: (opening) => openAnew(opening),
    });
    const starter = new Starter(this.#parts, this.#keeper);
    const renewal = new Renewal(this.#parts, this.#keeper, starter);
    const opener = new DoorOpener(this.#parts, starter, renewal);
    const openAnew = (opening: Opening) => opener.openAnew(opening);
    this.#opener = opener;
  }

  /** Every door that is not known to be closed. */
  list(): Lease[] {
    return [...this.#parts.registry.all];
  }

  /** For so many milliseconds a door is open for an address still; 0 where it is not. */
  left(door: string, ip: string): number {
    const lease = this.#parts.registry.find(ip, door);
    return lease === undefined || lease.isOver ? 0 : lease.longest;
  }

  /**
   * Opens doors in this order for whoever knocked, or keeps them open, with one commit for
   * many of them; the log says which can't be opened.
   */
  openAll(openings: readonly Opening[]): Answer[] {
    if (!this.#keeper.ending) return this.#opener.open(openings);
    return openings.map(() => "refused");
  }

  /** Takes over what an earlier daemon left open; what is overdue closes at once. */
  restore(): void {
    const { report, system, journal, notes } = this.#parts;
    const { leases, garbled } = journal.leases();
    const { rows, superfluous } = united(leases);
    for (const row of superfluous) notes.later(overLease(row, system));
    for (const { id, problem } of garbled) report.leases.garbled(id, problem);
    // A command that outlived its daemon must not open what has just been closed.
    const marks = new Set(
      [...leases, ...rows].flatMap(({ stage, mark }) =>
        stage === "open" ? [] : markOf(mark, stage === "opening" ? "start" : "stop")
      ),
    );
    const alone = marks.size === 0 ? undefined : system.endMarked([...marks]);
    const [atOnce, later]: [OverdueLease[], OverdueLease[]] = [[], []];
    for (const row of rows) {
      const overdue = this.#takeOver(row);
      if (overdue !== undefined) (row.stage === "open" ? atOnce : later).push(overdue);
    }
    this.#closeFound(atOnce);
    void alone?.then(() => this.#closeFound(later));
  }

  /** A door of the kernel's that is open, as it says, until this moment of its clock. */
  adopt(door: Door, ip: string, until: number): void {
    const { system, registry, admission, deadlines, elements } = this.#parts;
    const known = registry.find(ip, door.name);
    if (known !== undefined) {
      // Its row in the journal has its time, and what else is to be undone.
      known.findElement();
      if (!isHeld(known.state)) elements.take([known]);
      return;
    }
    const now = system.now();
    const ms = until - system.monotonic();
    const span = { closesAt: now + ms, openFor: ms };
    const lease = new Lease(adoptedPromise(door, ip, now), begun(0), span, system);
    registry.add(lease);
    admission.begins(door.name);
    deadlines.set(lease, ms);
  }

  /**
   * Closes what the kernel was to hold open for an earlier daemon, and does not: else a
   * knock would lengthen a lease, and open nothing.
   */
  closeLost(doors: readonly Door[]): void {
    const { elements } = this.#parts;
    const guarded = new Set(
      doors.filter((door) => elements.has(door)).map(({ name }) => name),
    );
    const lost = this.list().filter(({ door, promised, left }) =>
      guarded.has(door) && !promised.element && left > 0
    );
    this.#end(lost, "the kernel does not hold it open any more", true);
  }

  /** Closes the doors that are chosen; gives their number when they are closed. */
  async close(chosen: (lease: Lease) => boolean, why: string): Promise<number> {
    const leases = this.list().filter(chosen);
    this.#parts.elements.hurry();
    this.#end(leases, why, false);
    await finished(leases);
    return leases.length;
  }

  /** Closes what the new doors of the config have no place for, by what was promised. */
  reload(doors: readonly Door[]): void {
    const { elements, admission, cooldown } = this.#parts;
    const byName = new Map(doors.map((door) => [door.name, door]));
    const ending = new Map<string, Lease[]>();
    for (const lease of this.#parts.registry.all) {
      const door = byName.get(lease.door);
      lease.state = withDoor(lease.state, door);
      const why = changeOf(lease, door, elements);
      if (why === undefined || !isHeld(lease.state)) continue;
      ending.getOrInsertComputed(why, () => []).push(lease);
    }
    for (const [why, leases] of ending) this.#end(leases, why, true);
    const names = new Set(byName.keys());
    admission.keep(names);
    cooldown.keep(names);
  }

  /**
   * Closes every door but those that are to be kept, and opens none any more. It takes 80
   * seconds at most: what can't be closed by then is left to the next start.
   */
  async end(keep: (lease: Lease) => boolean): Promise<void> {
    const { runner, deadlines, notes, elements } = this.#parts;
    this.#keeper.ending = true;
    runner.hurry();
    const stays = (lease: Lease) => keep(lease) && !lease.isOver && this.#outlives(lease);
    const { kept = [], others = [] } = Object.groupBy(
      this.list(),
      (lease) => stays(lease) ? "kept" : "others",
    );
    deadlines.clear(kept);
    elements.end();
    this.#keeper.end(others, SHUTTING_DOWN, exitOf);
    await finished(others);
    await runner.drain();
    await finished(kept.filter(({ isOver }) => isOver));
    this.#opener.flush();
    notes.close();
  }

  /** Whether the next daemon, or the kernel, closes it if this one does not. */
  #outlives({ promised: { id, element, stop } }: Lease): boolean {
    return id === undefined ? element && stop === undefined : this.#parts.journal.lasts;
  }

  #end(leases: readonly Lease[], why: string, keepNext: boolean): void {
    this.#keeper.end(leases, why, (state) => endOf(state, why, keepNext));
  }

  #takeOver(row: StoredLease): OverdueLease | undefined {
    const { registry, admission, deadlines, notes, system, bootId } = this.#parts;
    const here = found(row, { bootId, now: system.now(), clock: system });
    const { lease, left } = here;
    registry.add(lease);
    admission.begins(lease.door);
    if (left === undefined) {
      notes.later(lease);
      return here;
    }
    deadlines.set(lease, left);
    if (lease.span.closesAt < row.closesAt) notes.later(lease);
    return undefined;
  }

  /** Closes leases that were found overdue; a knock may wait for one by now. */
  #closeFound(overdue: readonly OverdueLease[]): void {
    this.#keeper.take(
      overdue.map(({ lease, why }) => [lease, restarted(lease.state, why)]),
    );
  }
}

/** Waits until nothing is left to be done of any of them. */
async function finished(leases: readonly Lease[]): Promise<void> {
  const slow = leases.filter(({ isDone }) => !isDone);
  await Promise.all(slow.map((lease) => lease.finished()));
}
