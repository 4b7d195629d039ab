/**
 * Whether a database's files are still where they were, and whole: what is written to a
 * file that was taken away is lost with the process, and what is written behind the end of
 * one that was cut off is found by nobody.
 */

import { orUndefined } from "../../core/or_undefined.ts";

/** SQLite itself cuts its log off, when it begins anew, but to no less than this, in bytes. */
export const LOG_KEPT = 2_097_152;

/** The files of a database, and below which size none of them ever falls by itself. */
const FILES = [{ suffix: "", kept: Infinity }, { suffix: "-wal", kept: LOG_KEPT }];

interface Seen {
  readonly identity: string;
  readonly size: number;
}

/** The files of a database that is open. */
export class DatabaseFiles {
  readonly #path: string;
  readonly #seen = new Map<string, Seen>();
  #gone = false;
  #isLogCut = false;

  /** Looks at the files of the database at `path` for the first time. */
  constructor(path: string) {
    this.#path = path;
    this.#look();
  }

  /** Whether one was taken away or cut off, or another is in its place; for good, then. */
  get gone(): boolean {
    if (!this.#gone && !this.#look()) this.#gone = true;
    return this.#gone;
  }

  /** Whether the log is still the one that it was, and has lost its end. */
  get isLogCut(): boolean {
    return !this.areThere && this.#isLogCut;
  }

  /** Whether they are known to be there: a disk that does not tell is none to rely on. */
  get areThere(): boolean {
    return orUndefined(() => !this.gone) ?? false;
  }

  /** The log may come later than the database, and stays as long as that is open. */
  #look(): boolean {
    return FILES.every(({ suffix, kept }) => {
      const before = this.#seen.get(suffix);
      const now = seenAt(this.#path + suffix);
      if (now !== undefined) this.#seen.set(suffix, now);
      if (before === undefined) return true;
      if (now?.identity !== before.identity) return false;
      const isWhole = now.size >= Math.min(before.size, kept);
      this.#isLogCut ||= !isWhole && suffix === "-wal";
      return isWhole;
    });
  }
}

function seenAt(path: string): Seen | undefined {
  try {
    const { dev, ino, size } = Deno.lstatSync(path);
    return { identity: `${dev} ${ino}`, size };
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return undefined;
    throw error;
  }
}
