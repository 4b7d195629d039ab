/** What a knock does on a door that is open, or being closed. */

import type { Opening } from "../../core/door.ts";
import { Failure, orFailure } from "../../core/failure.ts";
import { type DoorJobs, jobsOf } from "../commands/door_commands.ts";
import type { Answer } from "./answer.ts";
import { displaced, knockedTooLate, reopened } from "./closing.ts";
import { knocked } from "./held.ts";
import type { Keeper } from "./keeper.ts";
import type { Lease } from "./lease.ts";
import type { Parts } from "./parts.ts";
import type { Starter } from "./starter.ts";
import { type Closing, type Held, isHeld } from "./state.ts";

/** What comes of a knock on a door that has a lease. */
type Renewed = Exclude<Answer, "refused">;

/** Lengthens leases, and opens their doors once more. */
export class Renewal {
  readonly #parts: Parts;
  readonly #keeper: Keeper;
  readonly #starter: Starter;

  constructor(parts: Parts, keeper: Keeper, starter: Starter) {
    this.#parts = parts;
    this.#keeper = keeper;
    this.#starter = starter;
  }

  /**
   * Somebody knocks who has a lease.
   *
   * @param there whether the kernel lets the address pass for the time anew already
   */
  knock(lease: Lease, opening: Opening, there = false): Renewed {
    const { state } = lease;
    const { door, address: { text: ip } } = opening;
    const { cooldown, system } = this.#parts;
    const cools = cooldown.holds(door, ip, system.monotonic());
    if (isHeld(state)) return this.#knockHeld(lease, state, opening, { cools, there });
    return this.#knockTooLate(lease, state as Closing, opening, cools);
  }

  /**
   * The door opens though its stop command keeps failing: who knocks is let in. Where the
   * same command closes both, they are one lease; else the old one goes on by itself.
   */
  reopen(lease: Lease, opening: Opening, openAnew: (opening: Opening) => void): void {
    const { registry, notes } = this.#parts;
    const before = lease.state as Closing;
    const jobs = jobsFor(lease, opening);
    if (jobs?.start === undefined) {
      registry.retire(lease);
      lease.state = displaced(before);
      notes.later(lease);
      return openAnew(opening);
    }
    if (!this.#promise(lease, reopened(before), opening)) return;
    lease.cancelWait();
    this.#runAgain(lease, opening, jobs, false);
  }

  #knockHeld(
    lease: Lease,
    state: Held,
    opening: Opening,
    { cools, there }: { cools: boolean; there: boolean },
  ): Renewed {
    const { door } = opening;
    const jobs = jobsFor(lease, opening);
    const wanted = door.again === "run" || state.disturbed === true;
    const may = wanted && !cools && jobs?.start !== undefined;
    const effect = knocked(state, opening, may);
    if (effect.kind === "waits" && effect.over) {
      return this.#waitFor(
        lease,
        opening,
        cools,
        () => void (lease.state = effect.state),
      );
    }
    this.#starter.closeOthers(opening);
    if (effect.kind === "runs" && this.#promise(lease, effect.state, opening)) {
      this.#runAgain(lease, opening, jobs!, there);
      return "opened";
    }
    if (effect.kind === "waits") lease.state = effect.state;
    this.#extend(lease, opening, there);
    this.#parts.report.leases.extended(lease, door.cmdTimeout);
    return "extended";
  }

  #knockTooLate(lease: Lease, state: Closing, opening: Opening, cools: boolean): Renewed {
    return this.#waitFor(lease, opening, cools, () => {
      this.#keeper.take([[lease, knockedTooLate(state, opening)]]);
    });
  }

  #waitFor(lease: Lease, opening: Opening, cools: boolean, wait: () => void): Renewed {
    const { report } = this.#parts;
    if (cools) {
      report.counted(lease.door, "cooldown");
      report.leases.cooling(lease, opening.door.cooldown);
      return "cooling";
    }
    this.#starter.closeOthers(opening);
    report.leases.waits(lease);
    wait();
    return "waits";
  }

  /** Another start is to be undone: on disk, or it does not run. */
  #promise(lease: Lease, state: Held, opening: Opening): boolean {
    const { notes } = this.#parts;
    const { state: before, span } = lease;
    lease.state = state;
    this.#lengthen(lease, opening);
    if (lease.promised.id === undefined) return true;
    notes.later(lease);
    if (notes.now()) return true;
    lease.state = before;
    lease.span = span;
    return false;
  }

  #runAgain(lease: Lease, opening: Opening, { start }: DoorJobs, there: boolean): void {
    const { report } = this.#parts;
    try {
      this.#extend(lease, opening, there);
      report.open(opening);
      this.#starter.start(lease, opening.door, start!);
    } catch (error) {
      this.#starter.abandon(lease);
      throw error;
    }
  }

  #extend(lease: Lease, opening: Opening, there: boolean): void {
    const { deadlines, notes, report } = this.#parts;
    this.#lengthen(lease, opening);
    deadlines.set(lease, lease.span.openFor);
    const why = there ? undefined : this.#starter.putElement(lease);
    if (why !== undefined) report.leases.trouble(lease, { kind: "failure", why });
    notes.later(lease);
  }

  #lengthen(lease: Lease, { door }: Opening): void {
    const openFor = door.cmdTimeout * 1000;
    lease.span = { closesAt: this.#parts.system.now() + openFor, openFor };
  }
}

/** The commands of a knock, if the lease's own stop command undoes its start command. */
function jobsFor(lease: Lease, opening: Opening): DoorJobs | undefined {
  const jobs = orFailure(() => jobsOf(opening));
  if (jobs instanceof Failure) return undefined;
  const { stop } = lease.promised;
  const same = JSON.stringify(jobs.stop?.argv) === JSON.stringify(stop?.argv);
  return same ? jobs : undefined;
}
