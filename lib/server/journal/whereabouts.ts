/**
 * Whether the journal's files are still where they were: what is written to a file that
 * was taken away is lost with the process.
 *
 * @module
 */

/** The files of a journal that is open. */
export class Whereabouts {
  readonly #path: string;
  readonly #seen = new Map<string, string>();
  #gone = false;

  /** Looks at the files of the database at `path` for the first time. */
  constructor(path: string) {
    this.#path = path;
    this.#look();
  }

  /** Whether one of them was taken away, or another is in its place; for good, then. */
  get gone(): boolean {
    if (!this.#gone && !this.#look()) this.#gone = true;
    return this.#gone;
  }

  /** Whether they are known to be there: a disk that does not tell is none to rely on. */
  get areThere(): boolean {
    try {
      return !this.gone;
    } catch {
      return false;
    }
  }

  /** The log may come later than the database, and stays as long as that is open. */
  #look(): boolean {
    return ["", "-wal"].every((suffix) => {
      const before = this.#seen.get(suffix);
      const now = identityOf(this.#path + suffix);
      if (before === undefined && now !== undefined) this.#seen.set(suffix, now);
      return before === undefined || before === now;
    });
  }
}

function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.lstatSync(path);
    return `${dev} ${ino}`;
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return undefined;
    throw error;
  }
}
