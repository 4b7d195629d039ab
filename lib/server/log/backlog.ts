/**
 * Lines for somebody who may stand still: a pager, a terminal that is held, a log
 * collector that hangs. They wait in memory then, and no door waits for them.
 */
import type { System } from "../system.ts";

/** Lines that wait at most; those beyond are counted. */
const MOST = 1000;

/** When it is tried again without a line that comes. */
const RETRY_MS = 1000;

export interface Taker<Line> {
  /** Takes what it can at once; gives what is left of the line. */
  take(line: Line): Line | undefined;
  /** The line that says so many were lost. */
  loss(count: number): Line;
}

/** Hands over what can be taken at once, and keeps the rest. */
export class Backlog<Line> {
  readonly #taker: Taker<Line>;
  readonly #system: Pick<System, "schedule">;
  #waiting: Line[] = [];
  #lost = 0;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(taker: Taker<Line>, system: Pick<System, "schedule">) {
    this.#taker = taker;
    this.#system = system;
  }

  /** Hands a line over, now or later; throws what the taker throws. */
  add(line: Line): void {
    if (this.#waiting.length < MOST) this.#waiting.push(line);
    else this.#lost++;
    this.#handOver();
  }

  /** Hands over what can be, and gives up the rest. */
  close(): void {
    this.#closed = true;
    this.#tryAgain();
    this.#cancel?.();
  }

  #handOver(): void {
    try {
      while (this.#waiting.length > 0) {
        const rest = this.#taker.take(this.#waiting[0]!);
        if (rest !== undefined) {
          this.#waiting[0] = rest;
          return this.#wait();
        }
        this.#waiting.shift();
        if (this.#waiting.length === 0) this.#tellLoss();
      }
    } catch (error) {
      this.#waiting = [];
      this.#lost = 0;
      throw error;
    }
  }

  #tellLoss(): void {
    if (this.#lost === 0) return;
    this.#waiting.push(this.#taker.loss(this.#lost));
    this.#lost = 0;
  }

  #wait(): void {
    if (this.#closed) return;
    this.#cancel ??= this.#system.schedule(RETRY_MS, () => {
      this.#cancel = undefined;
      this.#tryAgain();
    });
  }

  #tryAgain(): void {
    try {
      this.#handOver();
    } catch {
      // Nobody reads it any more.
    }
  }
}

/** In words, how many lines were lost. */
export function lossWords(count: number): string {
  return `${count} lines were lost here: nobody read them in time`;
}
