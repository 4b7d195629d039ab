/** A lease: the promise, on disk, that an open door closes. */

import * as v from "valibot";
import { parseAddress } from "../../core/address.ts";

const wallTime = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const text = v.pipe(
  v.string(),
  v.maxLength(128 * 1024),
  v.check((value) => !value.includes("\0"), "a NUL byte"),
);

const LeaseBody = v.pipe(
  v.strictObject({
    door: name,
    /** Name of a rotating door in derivations. */
    label: v.exactOptional(name),
    client: v.exactOptional(name),
    /** Who it was opened for: canonical text of the address. */
    address: v.string(),
    family: v.picklist([4, 6]),
    /** When it was opened: milliseconds since 1970 on the wall clock. */
    openedAt: wallTime,
    /** When it has to be closed, likewise. */
    closesAt: wallTime,
    /** Milliseconds from the latest knock to closing, whatever the wall clock did since. */
    openFor: wallTime,
    /** Which start of the machine it was opened in. */
    bootId: v.string(),
    /**
     * How far it got: start command not known to have succeeded, open, stop command
     * possibly running or run.
     */
    stage: v.picklist(["opening", "open", "closing"]),
    /** What its commands' processes are known by. */
    mark: name,
    /** The stop command, ready to run. */
    stopArgv: v.pipe(
      v.array(text),
      v.maxLength(1024),
      v.check((argv) => argv[0] !== undefined && argv[0] !== "", "no program"),
      v.readonly(),
    ),
    /** The stop command as the log shows it. */
    stopShown: text,
    /** What the stop command finds in its environment. */
    stopEnv: v.pipe(
      v.record(v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/)), text),
      v.readonly(),
    ),
    /** Seconds after which the stop command is killed; 0 for never. */
    stopTimeout: v.pipe(v.number(), v.finite(), v.minValue(0)),
    /** How often the stop command has failed. */
    attempts: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    /** How often the stop command has to succeed; 1 where nothing is said. */
    starts: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
    /** Why the door may be closed already, or may never have been open. */
    doubt: v.exactOptional(name),
  }),
  v.check((lease) => {
    const address = parseAddress(lease.address);
    return address?.text === lease.address && address.family === lease.family;
  }, "not an address of its family"),
);

/** What the journal knows of a lease. */
export type LeaseRecord = Readonly<v.InferOutput<typeof LeaseBody>>;

/** A lease that has its place in the journal. */
export type StoredLease = LeaseRecord & {
  /** Never given to another lease. */
  readonly id: number;
};

/** A lease to be: its door is about to be opened. */
export type NewLease = Omit<LeaseRecord, "stage" | "attempts" | "starts" | "doubt">;

/** What becomes different in the life of a lease. */
export type LeaseChanges = Partial<
  Pick<LeaseRecord, "stage" | "attempts" | "starts" | "doubt" | "closesAt" | "openFor">
>;

/** A row of the journal that once was a lease. Its door may still be open. */
export interface GarbledLease {
  /** To be forgotten once somebody has looked after the door. */
  readonly id: number;
  /** What is wrong with it. */
  readonly problem: string;
}

/** Characters that a problem is cut to. */
const MAX_PROBLEM = 200;

/** The lease that `text` holds, or what is wrong with it. */
export function parseLease(text: string): LeaseRecord | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: "not JSON" };
  }
  const result = v.safeParse(LeaseBody, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const problem = `${v.getDotPath(issue) ?? "lease"}: ${issue.message}`;
  // It may quote any part of the row, whose length nobody knows.
  return { problem: problem.slice(0, MAX_PROBLEM) };
}
