/**
 * What the packets of a moment open, together: one commit for many of them, and between two
 * of these a turn for whatever else waits.
 *
 * @module
 */
import type { Opening } from "../../core/door.ts";
import type { System } from "../system.ts";

/** As many as are kept for one commit. */
const MOST = 64;

/**
 * How long doors are opened before timers, commands and whoever asks have their turn: a
 * thousand openings at once take a second of a busy machine.
 */
const SLICE_MS = 10;

/** Who opens doors. */
export interface Opener {
  /** Opens doors for those who knocked, with one commit; says if it can't. */
  openAll(openings: readonly Opening[]): unknown;
}

/** Openings of a batch of packets, which is over when nothing else is to be done at once. */
export class Openings {
  readonly #opener: Opener;
  readonly #onFault: (error: unknown) => void;
  readonly #system: Pick<System, "monotonic" | "schedule">;
  #waiting: Opening[] = [];
  #planned = false;

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

  /** Whether so many wait that no more packets should be read. */
  get isBehind(): boolean {
    return this.#waiting.length >= MOST;
  }

  /** One that works only once is handed on at once: what follows depends on it. */
  add(opening: Opening): void {
    this.#waiting.push(opening);
    if (opening.counter !== undefined) return this.#handOnOf(opening.address.text);
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(this.#slice);
  }

  /** Hands on all that wait, now. */
  flush(): void {
    while (this.#waiting.length > 0) this.#handOn(this.#waiting.splice(0, MOST));
  }

  readonly #slice = () => {
    const end = this.#system.monotonic() + SLICE_MS;
    do this.#handOn(this.#waiting.splice(0, MOST)); while (
      this.#waiting.length > 0 && this.#system.monotonic() < end
    );
    this.#planned = this.#waiting.length > 0;
    if (this.#planned) this.#system.schedule(0, this.#slice);
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
