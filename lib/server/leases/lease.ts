/**
 * A door that is open for somebody, until when, and what closes it.
 *
 * @module
 */
import type { Opening } from "../../core/door.ts";
import type { NewLease, StoredLease } from "../journal/journal.ts";
import type { Job, Outcome } from "../commands/runner.ts";
import type { System } from "../system.ts";

/** How far a lease has come. */
export type LeaseStage = StoredLease["stage"];

/** A door that is open for somebody. */
export class Lease {
  /** Its number in the journal. */
  readonly id: number;
  /** The door's name. */
  readonly door: string;
  /** For whom it is open. */
  readonly ip: string;
  /** The client who knocked, on a rotating door. */
  readonly client: string | undefined;
  /** The command that closes it: the one that was promised, whatever the config says now. */
  readonly stop: Job;
  /** When it was opened, Unix milliseconds. */
  readonly openedAt: number;
  /** How far it has come. */
  stage: LeaseStage;
  /** How often the stop command has failed. */
  failures: number;
  /**
   * Whether it may be closed already, or never have been opened: a command was cut short,
   * or the machine was restarted. Failing to close is no alarm then.
   */
  doubtful = false;
  /** A knock that came when its time was over; it opens the door again. */
  again: Opening | undefined;
  readonly #system: System;
  readonly #over = Promise.withResolvers<string>();
  #isOver = false;
  #closesAt = Infinity;
  #cancel = () => {};
  #nudge = () => {};

  /** A lease as the journal has it; its time does not run yet. */
  constructor(stored: StoredLease, system: System) {
    this.id = stored.id;
    this.door = stored.door;
    this.ip = stored.address;
    this.client = stored.client;
    this.stage = stored.stage;
    this.openedAt = stored.openedAt;
    this.failures = stored.attempts;
    this.stop = {
      door: stored.door,
      ip: stored.address,
      kind: "stop",
      argv: stored.stopArgv,
      shown: stored.stopShown,
      env: stored.stopEnv,
      timeout: stored.stopTimeout,
      mark: markOf(stored.mark, "stop"),
    };
    this.#system = system;
  }

  /** Milliseconds until it closes. */
  get left(): number {
    return Math.max(0, this.#closesAt - this.#system.monotonic());
  }

  /** Settles when it is time to close, with the reason. */
  get over(): Promise<string> {
    return this.#over.promise;
  }

  /** Whether it is time to close: nothing keeps it open any longer. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Lets it end in so many milliseconds from now. */
  endIn(ms: number): void {
    this.#cancel();
    this.#closesAt = this.#system.monotonic() + ms;
    this.#cancel = this.#system.schedule(ms, () => this.end("command timeout"));
  }

  /** Ends it now; if it is waiting to try the stop command again, it tries at once. */
  end(why: string): void {
    this.stay();
    this.#isOver = true;
    this.#closesAt = -Infinity;
    this.#over.resolve(why);
    this.#nudge();
  }

  /** Leaves it to the next daemon to end it. */
  stay(): void {
    this.#cancel();
  }

  /** Somebody knocked too late: as soon as it is closed, it is to open again. */
  openAgain(opening: Opening): void {
    this.again = opening;
    this.#nudge();
  }

  /** Waits, or until it is ended or wanted again. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#system.schedule(ms, resolve);
      this.#nudge = () => {
        cancel();
        resolve();
      };
    });
  }
}

/** The promise that is written to the journal before a door opens. */
export function newLease(
  { door, address, client }: Opening,
  stop: Job,
  now: number,
  bootId: string,
): NewLease {
  const openFor = door.cmdTimeout * 1000;
  return {
    door: door.name,
    ...(client === undefined ? {} : { client: client.name }),
    address: address.text,
    family: address.family,
    openedAt: now,
    closesAt: now + openFor,
    openFor,
    bootId,
    mark: crypto.randomUUID(),
    stopArgv: [...stop.argv],
    stopShown: stop.shown,
    stopEnv: { ...stop.env },
    stopTimeout: stop.timeout,
  };
}

/** What the processes of a lease's start or stop command are known by. */
export function markOf(mark: string, kind: Job["kind"]): string {
  return `${kind}-${mark}`;
}

/** Whether a command may have changed something: it ran, whatever became of it. */
export function hasRun({ kind }: Outcome): boolean {
  return kind === "exit" || kind === "signal" || kind === "timeout";
}

/** Whether a command did what it was to do. */
export function succeeded(outcome: Outcome): boolean {
  return outcome.kind === "exit" && outcome.code === 0;
}
