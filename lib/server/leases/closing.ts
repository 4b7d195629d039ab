/** What events make of a lease whose door is being closed: one function an event. */

import type { Opening } from "../../core/door.ts";
import { retryDelay } from "./retry.ts";
import type { LeaseWords } from "../log/lease_report.ts";
import type { Act, Closing, Held, Step } from "./state.ts";

/** Tries of a stop command that may have nothing to close, and when somebody waits. */
const FEW_TRIES = 3;

/** Between those, and between those when the daemon ends. */
const SHORT_DELAY_MS = 1000;
const LAST_DELAY_MS = 300;

/** What became of a stop command. */
export type StopResult = "closed" | "failed" | "cancelled";

/** Somebody knocks: the door opens anew when it is closed. A failing stop runs at once. */
export function knockedTooLate(state: Closing, opening: Opening): Step {
  return tryNow({ ...state, next: opening });
}

/** It is to close now, and not to open anew. */
export function hurried(state: Closing): Step {
  return tryNow(withoutNext(state));
}

/** The daemon ends: three tries are left. */
export function exiting(state: Closing): Step {
  return tryNow({ ...withoutNext(state), tries: 0 });
}

/** It is time for another try. */
export function waited(state: Closing): Step {
  return tryNow(state);
}

export function stopped(state: Closing, result: StopResult, ending: boolean): Step {
  const now = { ...state, running: false };
  if (result === "cancelled") return leaveOpen(now);
  if (result === "closed") return undone({ ...now, closed: true });
  return failed({ ...now, tries: now.tries + 1, failures: now.failures + 1 }, ending);
}

/** The door is to open though it could not be closed: both starts will be undone. */
export function reopened(state: Closing): Held {
  const { starts, doubt } = state;
  const held: Held = { stage: "opening", starts: starts + 1, pending: 1 };
  return doubt === undefined ? held : { ...held, doubt };
}

/** The door has another lease for its address: nobody knows any more which one is left. */
export function displaced(state: Closing): Closing {
  return { doubt: "the door was opened anew", ...state, tries: 0 };
}

/** Another door's command ran for its address. */
export function disturbedWhileClosing(state: Closing, door: string): Closing {
  return { doubt: `door ${door} ran its command`, ...state };
}

function tryNow(state: Closing): Step {
  if (state.running) return { state, acts: [] };
  return { state: { ...state, running: true }, acts: [{ do: "stop" }] };
}

/** One of its starts is undone, or given up. */
function undone(state: Closing): Step {
  const starts = state.starts - 1;
  if (starts === 0) return { state: over(state), acts: [] };
  return tryNow({ ...state, starts, tries: 0 });
}

function failed(state: Closing, ending: boolean): Step {
  if (state.closed) return failedForTheRest(state, ending);
  if (state.doubt !== undefined) return failedInDoubt(state, state.doubt, ending);
  return failedLoudly(state, ending);
}

function failedForTheRest(state: Closing, ending: boolean): Step {
  if (state.tries < FEW_TRIES) return again(state, shortDelay(ending));
  const step = undone(state);
  return {
    ...step,
    acts: [say({ kind: "rest failed", left: state.starts }), ...step.acts],
  };
}

function failedInDoubt(state: Closing, why: string, ending: boolean): Step {
  if (state.tries < FEW_TRIES) return again(state, shortDelay(ending));
  return { state: over(state), acts: [say({ kind: "gave up", why })] };
}

/** It is open for sure, and nobody but its stop command can close it. */
function failedLoudly(state: Closing, ending: boolean): Step {
  const { tries, failures, next } = state;
  if (ending && tries >= FEW_TRIES) return leaveOpen(state);
  const ms = ending ? LAST_DELAY_MS : retryDelay(tries);
  const alarm = say({ kind: "still open", failures, seconds: ms / 1000 });
  if (next === undefined || tries < FEW_TRIES) return again(state, ms, alarm);
  const step = again(withoutNext(state), ms, alarm);
  return { ...step, acts: [...step.acts, { do: "reopen", opening: next }] };
}

/** The next start of the daemon has to see to it. */
function leaveOpen(state: Closing): Step {
  const { starts, failures, doubt } = state;
  const left = { stage: "left open", starts, failures } as const;
  if (doubt !== undefined) return { state: { ...left, doubt }, acts: [] };
  return { state: left, acts: [say({ kind: "left open" })] };
}

function again(state: Closing, ms: number, ...before: Act[]): Step {
  return { state, acts: [...before, { do: "wait", ms }] };
}

function over({ next }: Closing) {
  return { stage: "over", ...(next === undefined ? {} : { next }) } as const;
}

function withoutNext({ next: _, ...state }: Closing): Closing {
  return state;
}

function say(words: LeaseWords): Act {
  return { do: "say", words };
}

function shortDelay(ending: boolean): number {
  return ending ? LAST_DELAY_MS : SHORT_DELAY_MS;
}
