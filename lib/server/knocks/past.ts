/**
 * The journal of a daemon, and what it does not know of the time before it.
 *
 * @module
 */
import type { Door } from "../../core/door.ts";
import type { Logger } from "../log/log.ts";
import { goneWords } from "../journal/journal_error.ts";
import { Journal } from "../journal/journal.ts";
import { type CountingFrom, newJournalLines, settlePast } from "./new_journal.ts";
import { type ClientOfDoor, resync } from "./resync.ts";
import type { System } from "../system.ts";

/** Whose past it is, and who hears of it. */
export interface PastOptions {
  readonly doors: readonly Door[];
  readonly logger: Logger;
  readonly system: Pick<System, "now">;
}

/** The journal of a daemon. */
export class Past {
  readonly journal: Journal;
  readonly #system: Pick<System, "now">;
  readonly #timed: readonly CountingFrom[];

  private constructor(
    journal: Journal,
    system: Pick<System, "now">,
    timed: readonly CountingFrom[],
  ) {
    this.journal = journal;
    this.#system = system;
    this.#timed = timed;
  }

  /**
   * Opens it. In a new one what the clients may have used is spent, which the log hears, and
   * also when somebody takes its file away.
   */
  static async open(
    stateDir: string,
    { doors, logger, system }: PastOptions,
  ): Promise<Past> {
    const onGone = (path: string) =>
      logger.error(goneWords(path), { event: "journal", path });
    const journal = await Journal.open(stateDir, { pastUnknown: true, onGone });
    const now = system.now();
    const settled = settlePast(journal, doors, now);
    const lines = settled === undefined ? [] : newJournalLines(settled, now);
    for (const line of lines) logger.warn("{line}", { event: "journal", line });
    return new Past(journal, system, settled?.timed ?? []);
  }

  /** The doors that open to nobody yet, as the journal is new. */
  get shut(): readonly CountingFrom[] {
    return this.#timed.filter(({ from }) => from > this.#system.now());
  }

  /** Lets a client in again whose spent step lies in the future; gives that step's time. */
  resync(doors: readonly Door[], who: ClientOfDoor): number | undefined {
    return resync(this.journal, doors, who, this.#system.now());
  }
}
