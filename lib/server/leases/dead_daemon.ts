/**
 * The leases of a dead daemon: what the next one makes of each, which it keeps open or
 * closes at once.
 */

import type { StoredLease } from "../journal/journal.ts";
import type { System } from "../system.ts";
import { Lease } from "./lease.ts";
import { promisedOf } from "./row.ts";
import type { LeaseState } from "./state.ts";

export interface Here {
  /** Which start of the machine this is. */
  readonly bootId: string;
  /** The wall clock, Unix milliseconds. */
  readonly now: number;
  readonly clock: Pick<System, "monotonic" | "now">;
}

/** A lease that was found, and is to close at once. */
export interface OverdueLease {
  readonly lease: Lease;
  readonly left: undefined;
  readonly why: string;
}

/** A lease that was found: it lasts for so many milliseconds, or is overdue. */
type FoundLease = OverdueLease | { readonly lease: Lease; readonly left: number };

/** The rows of a dead daemon's leases, with one for each door that is to be closed. */
export interface Rows {
  readonly rows: readonly StoredLease[];
  /** Rows that another stands for. */
  readonly superfluous: readonly StoredLease[];
}

/**
 * Makes one of rows that the same command closes: side by side they would undo what the
 * other one's next knock opens.
 */
export function united(rows: readonly StoredLease[]): Rows {
  const same = Map.groupBy(
    rows,
    (row) => JSON.stringify([row.door, row.address, row.stopArgv]),
  );
  const groups = [...same.values()];
  return {
    rows: groups.map(one),
    superfluous: groups.flatMap((group) => group.slice(0, -1)),
  };
}

function one(rows: readonly StoredLease[]): StoredLease {
  const latest = rows.at(-1)!;
  if (rows.length === 1) return latest;
  const starts = rows.reduce((sum, row) => sum + startsOf(row), 0);
  return { ...latest, stage: "closing", starts, doubt: "the journal has it twice" };
}

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

/** A lease that is over, though there is a row of it. */
export function overLease(row: StoredLease, clock: Here["clock"]): Lease {
  return new Lease(promisedOf(row, row.id, false), { stage: "over" }, row, clock);
}

function startsOf({ starts = 1 }: StoredLease): number {
  return starts;
}

function open(row: StoredLease, here: Here): LeaseState {
  return { stage: "open", starts: startsOf(row), pending: 0, ...doubtOf(row, here) };
}

function closing(row: StoredLease, here: Here): LeaseState {
  const { attempts: failures } = row;
  return {
    stage: "closing",
    starts: startsOf(row),
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
