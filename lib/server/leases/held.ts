/** What events make of a lease whose door is open: one function an event. */

import type { Opening } from "../../core/door.ts";
import type { StartResult } from "./outcome.ts";
import type { Act, Closing, Held, Step } from "./state.ts";

/** How often a start command runs for one lease at most: beyond it a knock extends. */
const MOST_STARTS = 16;

/** There are thousands of leases without a start command: they share it. */
const OPEN: Held = { stage: "open", starts: 1, pending: 0 };

/** A lease whose door is about to open. */
export function begun(pending: 0 | 1): Held {
  return pending === 0 ? OPEN : { stage: "opening", starts: 1, pending };
}

/** What a knock does on the open door, whose time it lengthens unless it is over. */
export type Knocked =
  | { readonly kind: "extends" }
  /** It waits for the start command that runs; `over`: for the door to be closed, too. */
  | { readonly kind: "waits"; readonly state: Held; readonly over: boolean }
  /** The start command runs once more, when this is on disk. */
  | { readonly kind: "runs"; readonly state: Held };

/**
 * Somebody knocks on the open door.
 *
 * @param may whether the start command may run again: the config wants it, or another
 * door's command may have closed the door; and neither cooldown nor journal forbid it
 */
export function knocked(state: Held, opening: Opening, may: boolean): Knocked {
  const { starts, pending } = state;
  if (state.ends !== undefined) {
    return { kind: "waits", state: { ...state, next: opening }, over: true };
  }
  if (!may || starts >= MOST_STARTS) return { kind: "extends" };
  if (state.stage === "opening") {
    return { kind: "waits", state: { ...state, next: opening }, over: false };
  }
  const { disturbed: _, ...rest } = state;
  return { kind: "runs", state: { ...rest, starts: starts + 1, pending: pending + 1 } };
}

/** One of its start commands has ended. */
export function started(state: Held, result: StartResult): Step {
  const pending = state.pending - 1;
  return state.stage === "opening"
    ? firstStarted({ ...state, pending }, result)
    : startedAgain({ ...state, pending }, result);
}

function firstStarted(state: Held, result: StartResult): Step {
  if (result.kind === "never ran") return { state: { stage: "over" }, acts: [] };
  if (result.kind === "failed") return failed(state, result.how);
  const { next, ...open } = { ...state, stage: "open" } as const;
  if (state.ends !== undefined) return close({ ...open, ...nextOf(state) }, state.ends);
  const acts: Act[] = next === undefined ? [] : [{ do: "knock again", opening: next }];
  return { state: open, acts };
}

/** It may have opened in part: what is left of it is closed, if it can be. */
function failed(state: Held, how: string): Step {
  // Of several the others did open it.
  const doubt = state.starts > 1 ? state.doubt : `its start command ${how}`;
  const closing = close({ ...state, ...(doubt === undefined ? {} : { doubt }) }, "");
  return {
    ...closing,
    acts: [{ do: "say", words: { kind: "start failed", how } }, STOP],
  };
}

function startedAgain(state: Held, result: StartResult): Step {
  const counts = result.kind === "opened" || result.kind === "failed" && result.ran;
  const starts = counts ? state.starts : Math.max(1, state.starts - 1);
  const now = { ...state, starts };
  if (now.ends === undefined || now.pending > 0) return { state: now, acts: [] };
  return close(now, now.ends);
}

/** It is to close: as soon as its start commands are through. */
export function ended(state: Held, why: string, keepNext: boolean): Step {
  const { next, ...rest } = state;
  const waiting = keepNext && next !== undefined ? { next } : {};
  const over = { ...rest, ...waiting, ends: state.ends ?? why };
  return state.pending > 0 ? { state: over, acts: [] } : close(over, why);
}

/** Another door's command ran for its address: it may be closed already. */
export function disturbed(state: Held, door: string): Held {
  return { ...state, doubt: `door ${door} ran its command`, disturbed: true };
}

const STOP: Act = { do: "stop" };

function close(state: Held, why: string): Step {
  const { starts, doubt } = state;
  const closing: Closing = {
    stage: "closing",
    starts,
    running: true,
    closed: false,
    tries: 0,
    failures: 0,
    ...nextOf(state),
    ...(doubt === undefined ? {} : { doubt }),
  };
  return { state: closing, acts: [{ do: "say", words: { kind: "closing", why } }, STOP] };
}

function nextOf({ next }: Held): { next?: Opening } {
  return next === undefined ? {} : { next };
}
