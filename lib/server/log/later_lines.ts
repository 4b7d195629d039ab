/** Lines that wait until what is being done is done: who knocked waits for no disk. */

import type { LogRecord } from "@logtape/logtape";

/** Lines that wait at most: ten thousand doors that close say as many. */
const MOST = 256;

/** Lines in their order, written before anything else has a turn. */
export class LaterLines {
  readonly #write: (records: readonly LogRecord[]) => void;
  #waiting: LogRecord[] = [];

  constructor(write: (records: readonly LogRecord[]) => void) {
    this.#write = write;
  }

  /** Writes a line when the packets at hand are judged, or whatever else says it is through. */
  readonly add = (record: LogRecord): void => {
    const count = this.#waiting.push(record);
    if (count === MOST) this.flush();
    else if (count === 1) queueMicrotask(this.flush);
  };

  /** Writes those that wait, now. */
  readonly flush = (): void => {
    const lines = this.#waiting;
    this.#waiting = [];
    if (lines.length > 0) this.#write(lines);
  };
}
