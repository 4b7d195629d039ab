/** The journal of a daemon, and what it does not know of the time before it. */

import type { Config } from "../../config/config.ts";
import type { Logger } from "../log/log.ts";
import { goneWords, logLostWords } from "../journal/journal_error.ts";
import { Journal } from "../journal/journal.ts";
import { JournalSlot } from "../journal/slot.ts";
import { type CountingFrom, newJournalLines, settlePast } from "./new_journal.ts";
import type { System } from "../system.ts";

export class DaemonJournal implements Disposable {
  readonly #slot: JournalSlot;
  readonly #logger: Logger;
  readonly #system: Pick<System, "now">;
  #timed: readonly CountingFrom[] = [];

  private constructor(slot: JournalSlot, logger: Logger, system: Pick<System, "now">) {
    this.#slot = slot;
    this.#logger = logger;
    this.#system = system;
  }

  /**
   * Opens the journal if the doors of this config need one. In a new one what the clients
   * may have used is spent, which the log hears, and also when somebody takes its file away.
   */
  static async open(
    config: Config,
    logger: Logger,
    system: Pick<System, "now">,
  ): Promise<DaemonJournal> {
    const onGone = (path: string) =>
      logger.error(goneWords(path), { event: "journal", path });
    const onLogLost = (path: string) =>
      logger.error("{line}", { event: "journal", line: logLostWords(path) });
    const open = (stateDir: string) =>
      Journal.open(stateDir, { pastUnknown: true, onGone, onLogLost });
    const warn = (line: string) => logger.warn("{line}", { event: "journal", line });
    const slot = await JournalSlot.empty(open, warn);
    const journal = new DaemonJournal(slot, logger, system);
    await journal.provideFor(config);
    return journal;
  }

  /** What is known, wherever that is. */
  get journal(): Journal {
    return this.#slot.journal;
  }

  /**
   * Opens the journal if it is not open and the doors of this config need it; what could not
   * be spent in a new one, as on a full disk, is spent with the next config.
   */
  async provideFor(config: Config): Promise<void> {
    await this.#slot.provideFor(config);
    const now = this.#system.now();
    const settled = settlePast(this.journal, config.doors, now);
    if (settled === undefined) return;
    this.#timed = settled.timed;
    for (const line of newJournalLines(settled, now)) {
      this.#logger.warn("{line}", { event: "journal", line });
    }
  }

  /** The doors that open to nobody yet, as the journal is new. */
  get shut(): readonly CountingFrom[] {
    return this.#timed.filter(({ from }) => from > this.#system.now());
  }

  [Symbol.dispose](): void {
    this.journal[Symbol.dispose]();
  }
}
