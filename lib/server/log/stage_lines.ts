/**
 * Lines that say how far a knock came: they wait until something else is said, or nothing is
 * to be done. The packets of a knock come together, and who sent them waits for the last.
 */

import type { Logger } from "./log.ts";

/** How far a knock came. */
interface StageLine {
  readonly door: string;
  readonly ip: string;
  readonly client: string | undefined;
  readonly stage: number;
}

/** Stages that are not said yet. */
export class StageLines {
  readonly #logger: Logger;
  readonly #who: (ip: string) => { ip: string; who: string };
  #waiting: StageLine[] = [];

  /** Writes to a log, which calls hosts what `who` calls them. */
  constructor(logger: Logger, who: (ip: string) => { ip: string; who: string }) {
    this.#logger = logger;
    this.#who = who;
  }

  /** Says it before the next line, which asks for a flush, or when all else is done. */
  add(stage: StageLine): void {
    if (this.#waiting.push(stage) === 1) queueMicrotask(this.flush);
  }

  /** Says those that wait, now. */
  readonly flush = (): void => {
    if (this.#waiting.length === 0) return;
    const stages = this.#waiting;
    this.#waiting = [];
    for (const { ip, ...stage } of stages) {
      const values = { event: "stage", ...this.#who(ip), ...stage };
      this.#logger.info("{who}: {door}: Stage {stage}", values);
    }
  };
}
