/**
 * The leases of a dead daemon: what the next one makes of each, which it keeps open or
 * closes at once.
 */

import type { StoredLease } from "../journal/journal.ts";
import type { System } from "../system.ts";
import { Lease } from "./lease.ts";
import { promisedOf } from "./row.ts";
import type { LeaseState } from "./state.ts";

/** Where it is found. */
export interface Here {
  /** Which start of the machine this is. */
  readonly bootId: string;
  /** The wall clock, Unix milliseconds. */
  readonly now: number;
  readonly clock: Pick<System, "monotonic" | "now">;
}

/** A lease that was found: it lasts for so many milliseconds, or is to close at once. */
export type FoundLease =
  | { readonly lease: Lease; readonly left: number }
  | { readonly lease: Lease; readonly left: undefined; readonly why: string };

/** Takes over a lease from its row. */
export function found(row: StoredLease, here: Here): FoundLease {
  const { openFor, closesAt } = row;
  const why = whyClosed(row, here);
  // The clock may have been set back: that makes no lease longer, not even by restarts.
  const left = Math.max(0, Math.min(closesAt - here.now, openFor));
  const span = { closesAt: here.now + left, openFor };
  const state = why === undefined ? open(row, here) : closing(row, here);
  const promised = promisedOf(row, row.id, false);
  const lease = new Lease(promised, state, span, here.clock);
  return why === undefined ? { lease, left } : { lease, left: undefined, why };
}

function open(row: StoredLease, here: Here): LeaseState {
  const { starts = 1 } = row;
  return { stage: "open", starts, pending: 0, ...doubtOf(row, here) };
}

function closing(row: StoredLease, here: Here): LeaseState {
  const { starts = 1, attempts: failures } = row;
  return {
    stage: "closing",
    starts,
    running: true,
    closed: false,
    tries: 0,
    failures,
    ...doubtOf(row, here),
  };
}

function whyClosed({ stage, attempts, bootId }: StoredLease, here: Here) {
  if (bootId !== here.bootId) return "the machine was restarted";
  if (stage !== "open") return "the daemon died in the middle of a command";
  return attempts > 0 ? "its stop command has failed" : undefined;
}

function doubtOf(row: StoredLease, { bootId }: Here): { doubt?: string } {
  if (row.doubt !== undefined) return { doubt: row.doubt };
  if (row.bootId !== bootId) return { doubt: "the machine was restarted" };
  if (row.stage !== "open") return { doubt: "knockd died in the middle of a command" };
  return {};
}
