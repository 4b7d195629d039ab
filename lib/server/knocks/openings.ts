/**
 * What the packets of a moment open, together: one commit for many of them, and between two
 * of these a turn for whatever else waits.
 */

import type { Opening } from "../../core/door.ts";
import { Pace } from "../capture/pace.ts";
import type { System } from "../system.ts";

/** As many as are kept for one commit. */
const MOST = 64;

/**
 * How long doors are opened before timers, commands and whoever asks have their turn: a
 * thousand openings at once take a second of a busy machine.
 */
const SLICE_MS = 10;

/**
 * How long openings gather while there are many: one commit, and one transaction of the
 * kernel's, takes little more for ten of them than for one.
 */
const GATHER_MS = 5;

/** Openings a millisecond that are many, and as many as may come at once before. */
const MANY_PER_MS = 0.1;
const BURST = 16;

export interface Opener {
  /** Opens doors for those who knocked, with one commit; says if it can't. */
  openAll(openings: readonly Opening[]): unknown;
}

/**
 * Openings of a batch of packets, which is over when nothing else is to be done at once. The
 * first of a quiet time waits for no end of the batch: more packets are read meanwhile.
 */
export class Openings {
  readonly #opener: Opener;
  readonly #onFault: (error: unknown) => void;
  readonly #system: Pick<System, "monotonic" | "schedule">;
  readonly #pace = new Pace(MANY_PER_MS, BURST);
  #waiting: Opening[] = [];
  /** Whether a turn is to come in which those that wait are handed on. */
  #planned = false;
  /** When an opening that comes is the first of a quiet time. */
  #quietAt = 0;
  /** Until when this turn may last. */
  #end = 0;
  #late = false;

  /** Hands openings on, in their order; a fault is not the next packet's trouble. */
  constructor(
    opener: Opener,
    onFault: (error: unknown) => void,
    system: Pick<System, "monotonic" | "schedule">,
  ) {
    this.#opener = opener;
    this.#onFault = onFault;
    this.#system = system;
  }

  /** Whether they take longer than they took to come: no more packets should be read. */
  get isBehind(): boolean {
    return this.#late;
  }

  /** One that works only once is handed on at once: what follows depends on it. */
  add(opening: Opening): void {
    this.#waiting.push(opening);
    const now = this.#system.monotonic();
    const many = this.#pace.heavy(1, now);
    const quiet = now >= this.#quietAt && !this.#planned;
    this.#quietAt = now + GATHER_MS;
    if (opening.counter !== undefined) return this.#handOnOf(opening.address.text);
    if (quiet) this.flush();
    else if (!this.#planned) this.#plan(now, many);
    else if (this.#waiting.length >= MOST) this.#handOnFull(now);
  }

  /** Hands on all that wait, now. */
  flush(): void {
    while (this.#waiting.length > 0) this.#handOn(this.#waiting.splice(0, MOST));
  }

  #plan(now: number, many: boolean): void {
    this.#planned = true;
    this.#end = now + SLICE_MS;
    if (many) this.#system.schedule(GATHER_MS, this.#turn);
    else queueMicrotask(this.#turn);
  }

  #handOnFull(now: number): void {
    if (now < this.#end) this.#handOn(this.#waiting.splice(0, MOST));
    else this.#late = true;
  }

  readonly #turn = () => {
    this.#end = this.#system.monotonic() + SLICE_MS;
    do this.#handOn(this.#waiting.splice(0, MOST)); while (
      this.#waiting.length > 0 && this.#system.monotonic() < this.#end
    );
    this.#late = this.#planned = this.#waiting.length > 0;
    if (this.#late) this.#system.schedule(0, this.#turn);
  };

  /** An address's own come in their order; others' are in nobody's way. */
  #handOnOf(ip: string): void {
    const { own = [], others = [] } = Object.groupBy(
      this.#waiting,
      ({ address }) => address.text === ip ? "own" : "others",
    );
    this.#waiting = others;
    this.#handOn(own);
  }

  #handOn(openings: readonly Opening[]): void {
    if (openings.length === 0) return;
    try {
      this.#opener.openAll(openings);
    } catch (error) {
      this.#onFault(error);
    }
  }
}
