/**
 * What happened since the start, in numbers, and who came in last.
 *
 * @module
 */
import type { Opening } from "../../core/door.ts";

/** An opening that was. */
export interface PastOpening {
  /** When, Unix milliseconds. */
  readonly time: number;
  /** The door's name. */
  readonly door: string;
  /** Who knocked. */
  readonly ip: string;
  /** The client, on a rotating door. */
  readonly client?: string;
  /** How its start command ended, if it failed. */
  readonly failed?: string;
}

/** Openings that are remembered. */
const MAX_OPENINGS = 20;

/** Numbers for `knockd status`. */
export class Tally {
  readonly #now: () => number;
  readonly #openings: PastOpening[] = [];
  #opened = 0;
  #refused = 0;
  #spent = 0;

  /** Everything is zero; `now` is the wall clock. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A door was opened. */
  opened({ door, address, client, counter }: Opening): void {
    this.#opened++;
    if (counter !== undefined) this.#spent++;
    this.#openings.push({
      time: this.#now(),
      door: door.name,
      ip: address.text,
      ...(client === undefined ? {} : { client: client.name }),
    });
    if (this.#openings.length > MAX_OPENINGS) this.#openings.shift();
  }

  /** The start command of the latest opening of a door for an address has failed. */
  startFailed(door: string, ip: string, failed: string): void {
    const isIt = (opening: PastOpening) => opening.door === door && opening.ip === ip;
    const index = this.#openings.findLastIndex(isIt);
    if (index >= 0) this.#openings[index] = { ...this.#openings[index]!, failed };
  }

  /** A complete sequence opened nothing. */
  refused(): void {
    this.#refused++;
  }

  /** Openings, refusals and spent counters since the start, and the last openings. */
  get numbers(): {
    opened: number;
    refused: number;
    spent: number;
    openings: readonly PastOpening[];
  } {
    return {
      opened: this.#opened,
      refused: this.#refused,
      spent: this.#spent,
      openings: this.#openings,
    };
  }
}
