/** Opens doors: elements and start commands, and what they end with. */

import type { Door, Opening } from "../../core/door.ts";
import { Failure, orFailure } from "../../core/failure.ts";
import type { DoorJobs } from "../commands/door_commands.ts";
import type { Job } from "../commands/runner.ts";
import type { NewLease } from "../journal/journal.ts";
import { disturbedWhileClosing, hurried } from "./closing.ts";
import { begun, disturbed, ended, started } from "./held.ts";
import type { Keeper } from "./keeper.ts";
import { Lease } from "./lease.ts";
import { startResult } from "./outcome.ts";
import type { Parts } from "./parts.ts";
import { promisedOf } from "./row.ts";
import { type Held, isHeld, type Step } from "./state.ts";

export class Starter {
  readonly #parts: Parts;
  readonly #keeper: Keeper;

  constructor(parts: Parts, keeper: Keeper) {
    this.#parts = parts;
    this.#keeper = keeper;
  }

  /**
   * Opens a door whose lease is promised; why it could not, if it couldn't.
   *
   * @param there whether the kernel lets the address pass already
   */
  begin(
    opening: Opening,
    jobs: DoorJobs,
    row: NewLease,
    id: number | undefined,
    there: boolean,
  ): string | undefined {
    const { registry, system, elements } = this.#parts;
    const promised = promisedOf(row, id, elements.has(opening.door));
    const state = begun(jobs.start === undefined ? 0 : 1);
    const span = { closesAt: row.closesAt, openFor: row.openFor };
    const lease = new Lease(promised, state, span, system);
    registry.add(lease);
    try {
      return this.#carryOut(lease, opening, jobs, there);
    } catch (error) {
      this.abandon(lease);
      throw error;
    }
  }

  #carryOut(
    lease: Lease,
    opening: Opening,
    jobs: DoorJobs,
    there: boolean,
  ): string | undefined {
    const { door, address } = opening;
    const { report, system } = this.#parts;
    this.closeOthers(opening);
    const why = there ? undefined : this.putElement(lease);
    if (why !== undefined) {
      this.#keeper.take([[lease, { state: { stage: "over" }, acts: [] }]]);
      return why;
    }
    report.open(opening);
    this.#parts.deadlines.set(lease, lease.span.openFor);
    if (jobs.start !== undefined) this.start(lease, door, jobs.start);
    else this.#parts.cooldown.begin(door, address.text, system.monotonic());
    return undefined;
  }

  /** Whatever fault keeps a start command from running, what the door has open is closed. */
  abandon(lease: Lease): void {
    const { state } = lease;
    if (!isHeld(state)) return;
    const step: Step = state.pending === 0
      ? { state: { stage: "over" }, acts: [] }
      : started(state, { kind: "failed", how: "met a fault of knockd", ran: true });
    this.#keeper.take([[lease, step]]);
  }

  /** Runs a start command of a lease. */
  start(lease: Lease, door: Door, job: Job): void {
    const { runner, cooldown, system } = this.#parts;
    cooldown.begin(door, lease.ip, system.monotonic());
    const mark = lease.promised.startMark;
    runner.run({ ...job, mark }).then((outcome) => {
      const result = startResult(outcome, door);
      this.#note(lease, result);
      this.#keeper.take([[lease, started(lease.state as Held, result)]]);
    });
  }

  /** Runs what a knock on a door runs that does not close by itself. */
  run(opening: Opening, job: Job | undefined): void {
    const { door, address: { text: ip } } = opening;
    const { runner, report, cooldown, system } = this.#parts;
    this.closeOthers(opening);
    report.open(opening);
    cooldown.begin(door, ip, system.monotonic());
    if (job === undefined) return;
    this.#disturb(ip, door.name);
    runner.run(job).then((outcome) => {
      this.#disturb(ip, door.name);
      const result = startResult(outcome, door);
      if (result.kind === "failed") report.startFailed(door.name, ip, result.how);
      if (outcome.kind !== "timeout") return;
      report.leases.cutShort({ door: door.name, ip }, door.commandTimeout);
    });
  }

  /** Closes the doors that a knock closes besides what it opens. */
  closeOthers({ door, address: { text: ip } }: Opening): void {
    const { registry, report, runner } = this.#parts;
    for (const name of door.closes) {
      const lease = registry.find(ip, name);
      if (lease === undefined) {
        report.leases.nothingToClose({ door: name, ip }, door.name);
        continue;
      }
      const { state } = lease;
      if (isHeld(state)) {
        if (lease.promised.stop !== undefined) lease.turn ??= runner.turn(ip, name);
        const step = ended(state, `knock on ${door.name}`, false);
        this.#keeper.take([[lease, step]]);
      } else if (state.stage === "closing") this.#keeper.take([[lease, hurried(state)]]);
    }
  }

  /** Opens or lengthens what the kernel has of a lease; why it can't, if it can't. */
  putElement({ promised: { element, door, ip }, span }: Lease): string | undefined {
    if (!element) return undefined;
    const { elements } = this.#parts;
    const put = orFailure(() => elements.put([{ door, ip, ms: span.openFor }]));
    return put instanceof Failure ? put.message : undefined;
  }

  #note(lease: Lease, result: ReturnType<typeof startResult>): void {
    lease.failed = result.kind === "failed" ? result.how : undefined;
    if (lease.failed === undefined) return;
    this.#parts.report.startFailed(lease.door, lease.ip, lease.failed);
  }

  /** What a command changed may have been what another door's command had done. */
  #disturb(ip: string, door: string): void {
    const { registry, notes } = this.#parts;
    for (const lease of registry.of(ip)) {
      const { state } = lease;
      if (isHeld(state)) lease.state = disturbed(state, door);
      else if (state.stage === "closing") {
        lease.state = disturbedWhileClosing(state, door);
      }
      notes.later(lease);
    }
  }
}
