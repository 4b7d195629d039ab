/**
 * Calls that fail as a machine has them fail: for want of descriptors, memory, processes or
 * room, and on a disk that breaks.
 */

/** What the system says when something runs out or breaks, by its name for it. */
export const WORDS = {
  EMFILE: "Too many open files (os error 24)",
  ENFILE: "Too many open files in system (os error 23)",
  ENOMEM: "Cannot allocate memory (os error 12)",
  EAGAIN: "Resource temporarily unavailable (os error 11)",
  EIO: "Input/output error (os error 5)",
  ENOSPC: "No space left on device (os error 28)",
  EDQUOT: "Disk quota exceeded (os error 122)",
  EROFS: "Read-only file system (os error 30)",
  EACCES: "Permission denied (os error 13)",
} as const;

/** A fault of the machine, by its name. */
export type Errno = keyof typeof WORDS;

/** All of them. */
export const ERRNOS = Object.keys(WORDS) as Errno[];

/** Those whose names Deno does not know. */
const NAMELESS: readonly Errno[] = ["ENFILE", "EDQUOT"];

/** What Deno throws for one. */
export function systemError(code: Errno): Error {
  const error = new Error(WORDS[code]);
  return NAMELESS.includes(code) ? error : Object.assign(error, { code });
}

/** What SQLite makes of them: its primary result code, and its words (rescode.html). */
const OF_SQLITE: Record<Errno, readonly [code: number, words: string]> = {
  EMFILE: [14, "unable to open database file"],
  ENFILE: [14, "unable to open database file"],
  ENOMEM: [7, "out of memory"],
  EAGAIN: [5, "database is locked"],
  EIO: [10, "disk I/O error"],
  ENOSPC: [13, "database or disk is full"],
  EDQUOT: [10, "disk I/O error"],
  EROFS: [8, "attempt to write a readonly database"],
  EACCES: [14, "unable to open database file"],
};

/** What node:sqlite throws for one. */
export function databaseError(code: Errno): Error {
  const [errcode, words] = OF_SQLITE[code];
  return Object.assign(new Error(words), { code: "ERR_SQLITE_ERROR", errcode });
}

/** A call that fails until this is disposed, and how often it was tried. */
export interface FailingCall extends Disposable {
  readonly count: number;
}

/** Has a method of an object, or of all that share a prototype, throw what this gives. */
export function failing(
  owner: object,
  call: string,
  error: (nth: number) => unknown,
): FailingCall {
  const methods = owner as Record<string, unknown>;
  const method = methods[call];
  const failure = { count: 0, [Symbol.dispose]: () => void (methods[call] = method) };
  methods[call] = () => {
    throw error(failure.count++);
  };
  return failure;
}
