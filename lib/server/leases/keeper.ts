/**
 * Brings leases from state to state: what is new goes to the journal, then what follows
 * is done.
 */

import type { Opening } from "../../core/door.ts";
import { stopped, waited } from "./closing.ts";
import type { Lease } from "./lease.ts";
import { stopResult } from "./outcome.ts";
import type { Parts } from "./parts.ts";
import {
  type Act,
  type Closing,
  isFinished,
  isHeld,
  type LeaseState,
  type Over,
  type Step,
} from "./state.ts";

/** Thousands of leases share it. */
const OVER: LeaseState = { stage: "over" };

/** What becomes of knocks that waited. */
export interface LateKnocks {
  /** The start command is to run again. */
  knockAgain(lease: Lease, opening: Opening): void;
  /** It waited in vain: the door opens though it could not be closed. */
  reopen(lease: Lease, opening: Opening): void;
  /** The lease that it waited for is over. */
  openAnew(opening: Opening): void;
}

/** Brings leases from state to state. */
export class Keeper {
  readonly #parts: Parts;
  readonly #late: LateKnocks;
  /** Whether the daemon ends, so that there is little time to wait. */
  ending = false;

  constructor(parts: Parts, late: LateKnocks) {
    this.#parts = parts;
    this.#late = late;
  }

  /**
   * Ends leases: at once and together those that only the kernel holds open, of which there
   * may be thousands; the others by the step that their state makes of it.
   */
  end(leases: readonly Lease[], why: string, step: (state: LeaseState) => Step): void {
    const byKernel: Lease[] = [];
    const others: [Lease, Step][] = [];
    for (const lease of leases) {
      if (lease.isOnlyTheKernels) byKernel.push(lease);
      else others.push([lease, step(lease.state)]);
    }
    this.#endByKernel(byKernel, why);
    if (others.length > 0) this.take(others);
  }

  /** Takes steps: all of them on disk, in one commit, before any command that closes. */
  take(steps: Iterable<readonly [Lease, Step]>): void {
    const { notes } = this.#parts;
    const taken = [...steps];
    this.#parts.elements.take(
      taken.filter(([lease, { state }]) => isHeld(lease.state) && !isHeld(state))
        .map(([lease]) => lease),
    );
    for (const [lease, { state }] of taken) this.#change(lease, state);
    const urgent = taken.some(([, { acts }]) => acts.some((act) => act.do === "stop"));
    if (urgent) notes.now();
    for (const [lease, { acts }] of taken) {
      for (const act of acts) this.#perform(lease, act);
      if (isFinished(lease.state)) this.#finish(lease);
    }
  }

  #endByKernel(leases: readonly Lease[], why: string): void {
    if (leases.length === 0) return;
    const { report, deadlines, elements, registry } = this.#parts;
    elements.take(leases);
    deadlines.clear(leases);
    report.leases.closing(leases, why);
    for (const lease of leases) {
      lease.state = OVER;
      if (lease.isDone) this.forget(lease);
      else registry.retire(lease);
    }
  }

  #change(lease: Lease, state: Step["state"]): void {
    const { notes, deadlines } = this.#parts;
    const before = lease.state;
    lease.state = state;
    if (before === state) return;
    if (isHeld(before) && !isHeld(state)) deadlines.clear([lease]);
    notes.later(lease);
  }

  #perform(lease: Lease, act: Act): void {
    const { report } = this.#parts;
    switch (act.do) {
      case "say":
        return report.leases.say(lease, act.words);
      case "stop":
        return this.#stop(lease);
      case "wait":
        return this.#wait(lease, act.ms);
      case "knock again":
        return this.#late.knockAgain(lease, act.opening);
      case "reopen":
        return this.#late.reopen(lease, act.opening);
    }
  }

  #stop(lease: Lease): void {
    const { runner } = this.#parts;
    lease.cancelWait();
    const { turn, promised: { stop } } = lease;
    lease.turn = undefined;
    if (stop === undefined) return this.#stopped(lease, "closed");
    const job = turn === undefined ? stop : { ...stop, turn };
    runner.run(job).then((outcome) => this.#stopped(lease, stopResult(outcome)));
  }

  #stopped(lease: Lease, result: Parameters<typeof stopped>[1]): void {
    const step = stopped(lease.state as Closing, result, this.ending);
    this.take([[lease, step]]);
  }

  #wait(lease: Lease, ms: number): void {
    lease.cancelWait = this.#parts.system.schedule(ms, () => {
      this.take([[lease, waited(lease.state as Closing)]]);
    });
  }

  /** It has nothing left to be done but its element, if that is there still. */
  #finish(lease: Lease): void {
    const { registry } = this.#parts;
    if (!registry.all.has(lease)) return;
    lease.turn?.end();
    lease.turn = undefined;
    const { next, ...state } = lease.state as Over;
    lease.state = state;
    if (lease.isDone) this.forget(lease);
    else registry.retire(lease);
    if (next !== undefined && !this.ending) this.#late.openAnew(next);
  }

  /** Forgets a lease if it has nothing left to be done at all. */
  forget(lease: Lease): void {
    const { registry, admission } = this.#parts;
    if (!lease.isDone || !registry.all.has(lease)) return;
    registry.remove(lease);
    admission.ends(lease.door);
    lease.finish();
  }
}
