/** Events that happen to a lease whatever its state is. */

import type { Door } from "../../core/door.ts";
import { exiting, hurried } from "./closing.ts";
import { ended } from "./held.ts";
import { isFinished, isHeld, type LeaseState, type Step } from "./state.ts";

/** Why leases end with the daemon. */
export const SHUTTING_DOWN = "shutting down";

/** Its time is over, or somebody wants it closed: then it does not open anew. */
export function endOf(state: LeaseState, why: string, keepNext: boolean): Step {
  if (isHeld(state)) return ended(state, why, keepNext);
  return isFinished(state) ? { state, acts: [] } : hurried(state);
}

export function exitOf(state: LeaseState): Step {
  if (isHeld(state)) return ended(state, SHUTTING_DOWN, false);
  return isFinished(state) ? { state, acts: [] } : exiting(state);
}

/** A daemon starts that finds it closing. */
export function restarted(state: LeaseState, why: string): Step {
  return {
    state,
    acts: [{ do: "say", words: { kind: "closing", why } }, { do: "stop" }],
  };
}

/** A knock that waits opens the door as the config now has it, if it still has it. */
export function withDoor(state: LeaseState, door: Door | undefined): LeaseState {
  if (isFinished(state) || state.next === undefined) return state;
  if (door !== undefined) return { ...state, next: { ...state.next, door } };
  const { next: _, ...rest } = state;
  return rest as LeaseState;
}
