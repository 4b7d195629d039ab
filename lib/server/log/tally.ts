/** What happened since the start, in numbers, and who came in last. */

import { isOtpDoor, type Opening } from "../../core/door.ts";
import { BoundedMap } from "../../core/bounded_map.ts";
import { DoorCounts, type DoorNumbers } from "./door_counts.ts";
import { Durations } from "./durations.ts";
import type { FailedKnock, FailedReason, PastFailure } from "./failed_knock.ts";

export interface PastOpening {
  /** When, Unix milliseconds. */
  readonly time: number;
  readonly door: string;
  readonly ip: string;
  /** The client, on a rotating door. */
  readonly client?: string;
  /** How its start command ended, if it failed. */
  readonly failed?: string;
}

export interface ClientClock {
  readonly door: string;
  readonly client: string;
  /** Seconds that it is ahead of ours; 0 as long as nothing shows that it is off. */
  readonly ahead: number;
}

const MAX_OPENINGS = 20;
/** Clients whose clocks are known; who has not opened for longest gives way. */
const MAX_CLOCKS = 1000;
const MAX_FAILURES = 20;

/** Numbers for `knockd status`. */
export class Tally {
  readonly #now: () => number;
  readonly #openings: PastOpening[] = [];
  readonly #failures: PastFailure[] = [];
  readonly #doors = new DoorCounts();
  readonly commands = new Durations();
  /** How far clients' clocks are off. */
  readonly clocks = new BoundedMap<string, ClientClock>(MAX_CLOCKS);
  #opened = 0;
  #refused = 0;
  #spent = 0;

  /** Everything is zero; `now` is the wall clock. */
  constructor(now: () => number) {
    this.#now = now;
  }

  opened({ door, address, client, elsewhere = false }: Opening): void {
    this.#opened++;
    this.#doors.opened(door.name);
    // A knock that has waited bears its counter no more.
    if (isOtpDoor(door) && !elsewhere) this.#spent++;
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
  refused(knock: FailedKnock): void {
    this.counted(knock.door, knock.reason);
    this.#remember(knock);
  }

  /** As `refused`, and it is not remembered whose it was. */
  counted(door: string, reason: FailedReason): void {
    this.#refused++;
    this.#doors.failed(door, reason);
  }

  /** A knock came far and was never complete. */
  unfinished(knock: FailedKnock): void {
    this.#doors.failed(knock.door, knock.reason);
    this.#remember(knock);
  }

  /** What came of the knocks at a door. */
  ofDoor(door: string): DoorNumbers {
    return this.#doors.of(door);
  }

  /** Openings, refusals and spent counters since the start, and the last knocks. */
  get numbers(): {
    opened: number;
    refused: number;
    spent: number;
    openings: readonly PastOpening[];
    failures: readonly PastFailure[];
  } {
    return {
      opened: this.#opened,
      refused: this.#refused,
      spent: this.#spent,
      openings: this.#openings,
      failures: this.#failures,
    };
  }

  #remember(knock: FailedKnock): void {
    this.#failures.push({ time: this.#now(), ...knock });
    if (this.#failures.length > MAX_FAILURES) this.#failures.shift();
  }
}
