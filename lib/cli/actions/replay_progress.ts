/** How far a recording is read, in one line of a terminal that is written anew. */

/** Files that are read before that say nothing. */
const QUIET_MS = 1000;
const PAUSE_MS = 200;
const WIDTH = 30;

/** The line, and when to show it. */
export class ReplayProgress {
  readonly #total: number | undefined;
  readonly #show: (line: string) => void;
  #next: number;
  #shown = false;

  /**
   * @param total how many bytes the file has; `undefined` where nobody knows
   * @param show puts a line in the place of the one before
   * @param now milliseconds that only grow
   */
  constructor(total: number | undefined, show: (line: string) => void, now: number) {
    this.#total = total;
    this.#show = show;
    this.#next = now + QUIET_MS;
  }

  /** So much was read by now. */
  advance(packets: number, bytes: number, now: number): void {
    if (now < this.#next) return;
    this.#next = now + PAUSE_MS;
    this.#shown = true;
    this.#show(progressLine(packets, bytes, this.#total));
  }

  /** Takes the line away, so that another can be written in its place. */
  clear(): void {
    if (this.#shown) this.#show("");
    this.#shown = false;
  }
}

/** `[###---] 50 %, 1200000 packets`; without the bar where the end is not known. */
function progressLine(packets: number, bytes: number, total?: number): string {
  if (total === undefined || total === 0) return `${packets} packets`;
  const part = Math.min(1, bytes / total);
  const done = Math.floor(part * WIDTH);
  const bar = "#".repeat(done) + "-".repeat(WIDTH - done);
  return `[${bar}] ${Math.floor(part * 100)} %, ${packets} packets`;
}
