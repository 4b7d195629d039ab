/**
 * The journal of a daemon, or what stands in its place: where no door needs one none is
 * opened, and where nothing can be written the daemon runs without.
 */

import type { Config } from "../../config/config.ts";
import { needsJournal } from "../../core/door.ts";
import { Failure } from "../../core/failure.ts";
import { orUndefined } from "../../core/or_undefined.ts";
import { isUnwritable } from "../../files/unwritable.ts";
import { Journal } from "./journal.ts";

/** Opens the journal in a directory. */
export type OpenJournal = (stateDir: string) => Promise<Journal>;

/** What must not be asked of a journal that forgets: a knock would open once more. */
const OF_THE_SPENT: ReadonlySet<string | symbol> = new Set<keyof Journal>([
  "highest",
  "spend",
  "spendAndBegin",
]);

/** Where the journal is, whichever it is. */
export class JournalSlot {
  /** What the daemon writes to and reads. */
  readonly journal: Journal;
  readonly #open: OpenJournal;
  readonly #warn: (line: string) => void;
  #current: Journal;
  #state: "none" | "needless" | "impossible" | "open" = "none";

  private constructor(open: OpenJournal, warn: (line: string) => void, first: Journal) {
    this.#open = open;
    this.#warn = warn;
    this.#current = first;
    this.journal = new Proxy(first, { get: (_, name) => this.#property(name) });
  }

  /** A slot without a journal yet; `warn` hears what it costs that none can be written. */
  static async empty(
    open: OpenJournal,
    warn: (line: string) => void,
  ): Promise<JournalSlot> {
    return new JournalSlot(open, warn, await Journal.inMemory());
  }

  /**
   * Opens what the doors of a config need and is not open yet.
   *
   * @throws {Failure} if the journal is damaged, another's or another daemon's.
   */
  async provideFor({ doors, options }: Config): Promise<void> {
    if (this.#state === "open" || this.#state === "impossible") return;
    if (!doors.some(needsJournal) && !hasJournal(options.stateDir)) {
      this.#state = "needless";
      return;
    }
    try {
      if (options.stateDir === undefined) throw noPlace();
      const journal = await this.#open(options.stateDir);
      this.#current[Symbol.dispose]();
      this.#current = journal;
      this.#state = "open";
    } catch (error) {
      if (!(error instanceof Failure) || !isUnwritable(error.cause)) throw error;
      // What a journal that is there promises to close must not stay open unseen.
      if (hasJournal(options.stateDir)) throw error;
      this.#state = "impossible";
      this.#warn(
        `${error.message}: no journal: what is open when this daemon is killed stays ` +
          "open, and doors with rotating sequences stay shut",
      );
    }
  }

  #property(name: string | symbol): unknown {
    if (OF_THE_SPENT.has(name) && this.#state === "impossible") return refuse;
    const value: unknown = Reflect.get(this.#current, name, this.#current);
    return typeof value === "function" ? value.bind(this.#current) : value;
  }
}

/** Whether a state directory has a journal: an earlier daemon's may name open doors. */
export function hasJournal(stateDir: string | undefined): boolean {
  if (stateDir === undefined) return false;
  return orUndefined(() => Deno.lstatSync(`${stateDir}/journal.db`).isFile) ?? false;
}

function refuse(): never {
  throw new Failure("there is no journal, so a one-time sequence opens nothing");
}

function noPlace(): Failure {
  const hint = "set state_dir, or HOME in the daemon's environment";
  return new Failure("there is no place for a journal", hint, {
    cause: { code: "EACCES" },
  });
}
