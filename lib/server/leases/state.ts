/** How far a lease has come, as types that hold nothing but what is so. */

import type { Opening } from "../../core/door.ts";
import type { LeaseWords } from "../log/lease_report.ts";

/** Where a lease is. */
export type LeaseState = Held | Closing | Over | LeftOpen;

/** The door is open for somebody, or is about to be. */
export interface Held {
  /** Whether its first start command still runs. */
  readonly stage: "opening" | "open";
  /** Start commands that ran or will: the stop command is to undo each. */
  readonly starts: number;
  /** Start commands that run or wait to. */
  readonly pending: number;
  /** Why it closes as soon as they are through. */
  readonly ends?: string;
  /** A knock that waits for them. */
  readonly next?: Opening;
  /** Why failing to close is no alarm. */
  readonly doubt?: string;
  /** Whether another door's command may have closed it: the next knock opens it anew. */
  readonly disturbed?: true;
}

/** Its stop command runs, or waits to. */
export interface Closing {
  readonly stage: "closing";
  /** How often the stop command has still to succeed. */
  readonly starts: number;
  readonly running: boolean;
  /** Whether it has succeeded once: then the rest is no alarm. */
  readonly closed: boolean;
  /** Failures one after the other. */
  readonly tries: number;
  /** Failures in all. */
  readonly failures: number;
  /** A knock that waits for the door to be closed. */
  readonly next?: Opening;
  readonly doubt?: string;
}

/** Nothing is left to be done. */
export interface Over {
  readonly stage: "over";
  /** A knock that opens the door anew. */
  readonly next?: Opening;
}

/** The next daemon has to close it. */
export interface LeftOpen {
  readonly stage: "left open";
  readonly starts: number;
  readonly failures: number;
  readonly doubt?: string;
}

/** What follows from an event, to be done in this order once it is on disk. */
export type Act =
  | { readonly do: "stop" }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "knock again"; readonly opening: Opening }
  | { readonly do: "reopen"; readonly opening: Opening }
  | { readonly do: "say"; readonly words: LeaseWords };

/** What an event makes of a lease. */
export interface Step {
  readonly state: LeaseState;
  readonly acts: readonly Act[];
}

/** Whether the door is open for somebody, or about to be. */
export function isHeld(state: LeaseState): state is Held {
  return state.stage === "opening" || state.stage === "open";
}

/** Whether nothing is left to be done by this daemon. */
export function isFinished(state: LeaseState): state is Over | LeftOpen {
  return state.stage === "over" || state.stage === "left open";
}
