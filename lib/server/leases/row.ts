/** A lease and its row in the journal. */

import type { Door, Opening } from "../../core/door.ts";
import type { Job } from "../commands/runner.ts";
import type { LeaseChanges, NewLease, StoredLease } from "../journal/journal.ts";
import type { Lease, Promised } from "./lease.ts";
import type { Closing, Held, LeftOpen } from "./state.ts";

/** The promise that is written to the journal before a door opens. */
export function newLease(
  { door, address, client }: Opening,
  stop: Job | undefined,
  now: number,
  bootId: string,
): NewLease {
  const openFor = door.cmdTimeout * 1000;
  return {
    door: door.name,
    ...(door.key.kind === "otp" ? { label: door.label } : {}),
    ...(client === undefined ? {} : { client: client.name }),
    address: address.text,
    family: address.family,
    openedAt: now,
    closesAt: now + openFor,
    openFor,
    bootId,
    mark: crypto.randomUUID(),
    stopArgv: stop?.argv ?? [],
    stopShown: stop?.shown ?? "",
    stopEnv: stop?.env ?? {},
    stopTimeout: stop?.timeout ?? 0,
  };
}

/** What a lease's row is to say of it; nothing when it is to go. */
export function rowOf({ state, span }: Lease): LeaseChanges | undefined {
  switch (state.stage) {
    case "over":
      return undefined;
    case "opening":
    case "open":
      return { ...span, stage: state.stage, ...counts(state, 0) };
    case "closing":
    case "left open":
      return { ...span, stage: closingStage(state), ...counts(state, state.failures) };
  }
}

function counts(state: Held | Closing | LeftOpen, attempts: number) {
  const { starts, doubt } = state;
  return { starts, attempts, ...(doubt === undefined ? {} : { doubt }) };
}

/** "open" with failures: it is open for sure, and that stays an alarm after a restart. */
function closingStage(state: Closing | LeftOpen): StoredLease["stage"] {
  if (state.doubt !== undefined || state.failures === 0) return "closing";
  return state.stage === "closing" && (state.running || state.closed)
    ? "closing"
    : "open";
}

/** What the processes of a lease's start or stop command are known by. */
export function markOf(mark: string, kind: "start" | "stop"): string {
  return `${kind}-${mark}`;
}

/** What a lease remembers of the promise that was made. */
export function promisedOf(
  row: NewLease,
  id: number | undefined,
  element: boolean,
): Promised {
  return {
    id,
    door: row.door,
    ip: row.address,
    label: row.label,
    client: row.client,
    element,
    openedAt: row.openedAt,
    startMark: markOf(row.mark, "start"),
    stop: row.stopArgv.length === 0 ? undefined : stopOf(row),
  };
}

/** What is remembered of a lease that the kernel alone knew of. */
export function adoptedPromise(
  { name, key, label, start }: Door,
  ip: string,
  now: number,
): Promised {
  return {
    id: undefined,
    door: name,
    ip,
    label: key.kind === "otp" ? label : undefined,
    client: undefined,
    element: true,
    openedAt: now,
    startMark: start === undefined ? "" : markOf(crypto.randomUUID(), "start"),
    stop: undefined,
  };
}

function stopOf(row: NewLease): Job {
  return {
    door: row.door,
    ip: row.address,
    kind: "stop",
    argv: row.stopArgv,
    shown: row.stopShown,
    env: row.stopEnv,
    timeout: row.stopTimeout,
    mark: markOf(row.mark, "stop"),
  };
}
