/** A door that is open for somebody, until when, and what closes it. */

import type { Job, Turn } from "../commands/runner.ts";
import type { StoredLease } from "../journal/journal.ts";
import type { System } from "../system.ts";
import { isFinished, isHeld, type LeaseState } from "./state.ts";

/** What was promised when a door opened; none of it changes. */
export interface Promised {
  /** Its number in the journal, if it has a row there. */
  readonly id: number | undefined;
  readonly door: string;
  /** The door's name in derivations, if a rotating one. */
  readonly label: string | undefined;
  readonly ip: string;
  /** The client who knocked, on a rotating door. */
  readonly client: string | undefined;
  /** The command that closes it, whatever the config says now. */
  readonly stop: Job | undefined;
  /** Whether the kernel has an element for it. */
  readonly element: boolean;
  /** When it was opened, Unix milliseconds. */
  readonly openedAt: number;
  /** What its start commands' processes are known by. */
  readonly startMark: string;
}

/** How long a lease lasts, as the journal is told. */
export interface Span {
  /** When it closes, Unix milliseconds. */
  readonly closesAt: number;
  /** Milliseconds from the latest knock to closing. */
  readonly openFor: number;
}

/** There are thousands of leases: they share what need not be their own. */
const NOTHING = () => {};
type Clock = Pick<System, "monotonic" | "now">;

/** A door that is open for somebody, or not known to be closed. */
export class Lease {
  promised: Promised;
  /** How far it has come. */
  state: LeaseState;
  /** How long it lasts. */
  span: Span;
  /** When it closes, on the monotonic clock; no time while it is not to. */
  closesAt = Infinity;
  /** How often its element could not be taken from the kernel, while it is there still. */
  elementFailures = 0;
  /** How its latest start command ended, if not well. */
  failed: string | undefined;
  /** When its stop command may run among the commands of its address. */
  turn: Turn | undefined;
  /** Ends the wait for another try. */
  cancelWait = NOTHING;
  readonly #clock: Clock;
  #whenFinished: PromiseWithResolvers<void> | undefined;

  /** A lease as it was promised; its time does not run yet. */
  constructor(promised: Promised, state: LeaseState, span: Span, clock: Clock) {
    this.#clock = clock;
    this.promised = promised;
    this.state = state;
    this.span = span;
  }

  /** The kernel turned out to have an element for it. */
  findElement(): void {
    this.promised = { ...this.promised, element: true };
  }

  get door(): string {
    return this.promised.door;
  }

  get ip(): string {
    return this.promised.ip;
  }

  /** How far it has come, in the journal's words. */
  get stage(): StoredLease["stage"] {
    return isFinished(this.state) ? "closing" : this.state.stage;
  }

  /** How often it could not be closed; what its stop command has closed once is closed. */
  get failures(): number {
    const { state } = this;
    const commands = state.stage === "closing" && !state.closed ? state.failures : 0;
    return commands + this.elementFailures;
  }

  /** Whether nothing is left to be done by this daemon. */
  get isDone(): boolean {
    return isFinished(this.state) && this.elementFailures === 0;
  }

  /** Whether it is time to close: nothing keeps it open any longer. */
  get isOver(): boolean {
    return !isHeld(this.state) || this.state.ends !== undefined;
  }

  /** Whether nothing is to be done to close it but to take its element away. */
  get isOnlyTheKernels(): boolean {
    const { state, promised: { stop, id } } = this;
    return stop === undefined && id === undefined && state.stage === "open" &&
      state.pending === 0 && state.next === undefined;
  }

  /** Milliseconds until it closes. */
  get left(): number {
    return this.isOver ? 0 : Math.max(0, this.closesAt - this.#clock.monotonic());
  }

  /** Milliseconds that the kernel has for it at most, whatever ended it. */
  get longest(): number {
    const { closesAt, openFor } = this.span;
    const left = Number.isFinite(this.closesAt)
      ? this.closesAt - this.#clock.monotonic()
      : closesAt - this.#clock.now();
    return Math.min(openFor, Math.max(0, left));
  }

  /** Settles when nothing is left to be done. */
  finished(): Promise<void> {
    if (this.isDone) return Promise.resolve();
    this.#whenFinished ??= Promise.withResolvers();
    return this.#whenFinished.promise;
  }

  /** Nothing is left to be done. */
  finish(): void {
    this.#whenFinished?.resolve();
  }
}
