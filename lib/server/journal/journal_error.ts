/** What can be wrong with the journal, in words that say what to do about it. */

import { Failure } from "../../core/failure.ts";
import { reason } from "../../files/reason.ts";

/** The journal can't be opened, read or written; what depends on it stays shut. */
export class JournalError extends Failure {
  /** Tells the errors apart. */
  override readonly name = "JournalError";
}

const DAMAGE_HINT =
  "close by hand what may still be open in the firewall; move journal.db* away and put " +
  "a backup in its place, if there is one; before the next start wait (2 * window + 1) " +
  "* period seconds and enroll the clients of hotp doors again, because every sequence " +
  "that the journal has forgotten would open once more";

/** The journal at `path` can't be trusted. It is never replaced by an empty one. */
export function damaged(path: string, what: string, options?: ErrorOptions) {
  return new JournalError(
    `${path}: the journal is damaged: ${what}`,
    DAMAGE_HINT,
    options,
  );
}

/** The journal's file is not where it was when the daemon opened it. */
export function takenAway(path: string): JournalError {
  return new JournalError(
    `${path}: the journal was taken away or cut off`,
    "restart knockd: rotating doors stay shut until then",
  );
}

/** The same for the log of a daemon that has doors of other kinds. */
export function goneWords(path: string): string {
  return `${path}: the journal was taken away or cut off: rotating doors stay shut until the ` +
    "next start, and a crash before it would leave open what other doors have open now";
}

/** The log when a journal's own log was not there at the start. */
export function logLostWords(path: string): string {
  return `${path}: its log ${path}-wal was taken away or cut off, and with it what was noted ` +
    "last: the journal counts as new, and what knockd log has as opened last may stay open";
}

/** Puts an error of SQLite or of the file system into the user's words. */
export function journalFailure(path: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { message } = error instanceof Error ? error : new Error(String(error));
  const options = { cause: error };
  const trouble = troubleOf(error, message);
  if (trouble === "damaged") return damaged(path, message, options);
  const [what, hint] = trouble === undefined
    ? [reason(error), DISK_HINT]
    : WORDS[trouble];
  return new JournalError(`${path}: ${what}`, hint, options);
}

const DISK_HINT = "check the disk and the directory state_dir";

type Trouble = "damaged" | keyof typeof WORDS;

const WORDS = {
  full: [
    "the disk is full",
    "make room, then try again",
  ],
  "read-only": [
    "the disk is read-only",
    "mount it writable, or set state_dir to a directory on a disk that is",
  ],
  crowded: [
    "too many open files",
    "allow it more: LimitNOFILE in a unit, ulimit -n else",
  ],
  denied: ["permission denied", "run knockd as the owner of state_dir, usually root"],
  busy: [
    "another program has the journal open",
    "close it: only the daemon may use its journal",
  ],
} as const;

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const BY_RESULT_CODE: Readonly<Record<number, Trouble>> = {
  3: "denied",
  5: "busy",
  6: "busy",
  8: "read-only",
  11: "damaged",
  13: "full",
  26: "damaged",
};

const BY_ERRNO: Readonly<Record<string, Trouble>> = {
  EACCES: "denied",
  EDQUOT: "full",
  EMFILE: "crowded",
  ENOSPC: "full",
  EPERM: "denied",
  EROFS: "read-only",
};

/** Statements run by `exec` and the opening itself carry no code, only SQLite's text. */
const BY_TEXT: readonly (readonly [string, Trouble])[] = [
  ["malformed", "damaged"],
  ["not a database", "damaged"],
  ["is full", "full"],
  ["readonly", "read-only"],
  ["is locked", "busy"],
];

function troubleOf(error: unknown, message: string): Trouble | undefined {
  const { errcode, code } = error as { errcode?: unknown; code?: unknown };
  if (typeof errcode === "number") return BY_RESULT_CODE[errcode & 0xff];
  return BY_ERRNO[String(code)] ?? BY_TEXT.find(([text]) => message.includes(text))?.[1];
}
