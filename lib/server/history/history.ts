/** Who opened which door: kept on disk where there is a journal, else in memory. */

import { BoundedMap } from "../../core/bounded_map.ts";
import { Failure } from "../../core/failure.ts";
import { reason } from "../../files/reason.ts";
import { LineLimit } from "../log/line_limit.ts";
import type { WatchedLine } from "../log/watchers.ts";
import type { System } from "../system.ts";
import {
  type Happening,
  happeningOf,
  type HistoryQuestion,
  MOST_HAPPENINGS,
  wantedTest,
} from "./happening.ts";
import { HistoryFile } from "./history_file.ts";

/** How long happenings wait to be written together, in milliseconds. */
const WRITE_MS = 1000;
/** How long they wait for another try when they could not be written. */
const RETRY_MS = 10_000;
/** How long memory alone keeps it before the file is opened again, in milliseconds. */
const REOPEN_MS = 60_000;
/** What memory keeps where there is no file, or while it can't be written. */
const IN_MEMORY = 1000;
/** Clients whose last opening is known. */
const MOST_CLIENTS = 10_000;
const DAY_MS = 86_400_000;

export function clientKey(door: string, client: string): string {
  return `${door}\0${client}`;
}

/** How much is kept. */
export interface HistoryLimits {
  /** Days after which a happening is forgotten. */
  readonly days: number;
  /** Happenings that are kept, at most. */
  readonly rows: number;
}

/** What happened, as far as it is kept. */
export class History implements Disposable {
  readonly #system: Pick<System, "now" | "monotonic" | "schedule">;
  readonly #limits: HistoryLimits;
  readonly #warn: (line: string) => void;
  /** By door: a flood of openings must not fill the disk. */
  readonly #limit: LineLimit;
  #file: HistoryFile | undefined;
  #path = "";
  /** Whether another one is being opened: what happens meanwhile waits for it. */
  #opening = false;
  #lastOpenings: Map<string, Happening> | undefined;
  #waiting: Happening[] = [];
  #memory: Happening[] = [];
  #cancelWrite: (() => void) | undefined;
  #failing = false;
  #nextOpening = Infinity;
  #said = "";

  constructor(
    system: Pick<System, "now" | "monotonic" | "schedule">,
    limits: HistoryLimits,
    warn: (line: string) => void,
  ) {
    this.#system = system;
    this.#limit = new LineLimit(system, () => {});
    this.#limits = limits;
    this.#warn = warn;
  }

  /** Keeps it on disk from now on; while that fails, which is said, memory keeps it. */
  async useFile(path: string): Promise<void> {
    this.#path = path;
    this.#nextOpening = this.#system.monotonic() + REOPEN_MS;
    try {
      this.#file = await HistoryFile.open(path);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (this.#said !== error.message) {
        this.#warn(`no history on disk: ${error.message}`);
      }
      this.#said = error.message;
    }
  }

  /** When each client opened each door last: by `clientKey`, the newest last. */
  lastOpenings(): ReadonlyMap<string, Happening> {
    if (this.#lastOpenings === undefined) {
      this.#write();
      this.#lastOpenings = new BoundedMap(MOST_CLIENTS);
      const known = [...this.#openingsOnDisk(), ...this.#memory, ...this.#waiting];
      for (const happening of known) this.#noteClient(happening);
    }
    return this.#lastOpenings;
  }

  /** Takes a line of the log in. */
  readonly note = (line: WatchedLine): void => {
    const happening = happeningOf(line);
    if (happening === undefined) return;
    this.#noteClient(happening);
    if (!this.#limit.admits(happening.door)) return;
    this.#waiting.push(happening);
    if (this.#failing && this.#waiting.length > IN_MEMORY) this.#waiting.shift();
    this.#cancelWrite ??= this.#system.schedule(WRITE_MS, () => this.#write());
  };

  /** The newest that are wanted, the oldest of them first. */
  newest(wanted: HistoryQuestion, most = MOST_HAPPENINGS): Happening[] {
    this.#write();
    const rows = Math.min(most, MOST_HAPPENINGS);
    const unwritten = [...this.#memory, ...this.#waiting].filter(wantedTest(wanted));
    return [...this.#file?.newest(wanted, rows) ?? [], ...unwritten].slice(-rows);
  }

  /** Writes what waits, and closes the file. */
  [Symbol.dispose](): void {
    this.#write();
    this.#cancelWrite?.();
    this.#limit.flush();
    this.#file?.[Symbol.dispose]();
    this.#file = undefined;
    this.#opening = false;
  }

  /** Nothing is kept before somebody has asked. */
  #noteClient(happening: Happening): void {
    const { event, door, client } = happening;
    if (event !== "open" || client === undefined) return;
    this.#lastOpenings?.set(clientKey(door, client), happening);
  }

  /** `status` tells what it can of a file that can't be read. */
  #openingsOnDisk(): readonly Happening[] {
    try {
      return this.#file?.lastOpenings(MOST_CLIENTS) ?? [];
    } catch (error) {
      this.#warn(`the history can't be read: ${reason(error)}`);
      return [];
    }
  }

  #write(): void {
    this.#cancelWrite?.();
    this.#cancelWrite = undefined;
    if (this.#waiting.length === 0 || this.#opening) return;
    if (this.#file?.gone === true) return void this.#beginAnew(this.#file);
    if (this.#file === undefined) return this.#keepInMemory();
    try {
      const { days, rows } = this.#limits;
      this.#file.add(this.#waiting, this.#system.now() - days * DAY_MS, rows);
      this.#waiting = [];
    } catch (error) {
      return this.#writeLater(error);
    }
    if (this.#failing) this.#warn("the history is written again");
    this.#failing = false;
  }

  #keepInMemory(): void {
    this.#memory = [...this.#memory, ...this.#waiting].slice(-IN_MEMORY);
    this.#waiting = [];
    if (this.#system.monotonic() >= this.#nextOpening) void this.#openAgain();
  }

  /** Somebody took the file away, or put another in its place. */
  #beginAnew(old: HistoryFile): void {
    this.#warn(`the history ${this.#path} was taken away; another one begins`);
    this.#file = undefined;
    old[Symbol.dispose]();
    void this.#openAgain();
  }

  /** What memory has is written to it, too. */
  async #openAgain(): Promise<void> {
    this.#opening = true;
    await this.useFile(this.#path);
    if (!this.#opening) return this[Symbol.dispose]();
    this.#opening = false;
    if (this.#file !== undefined) {
      if (this.#said !== "") this.#warn(`the history is on disk again: ${this.#path}`);
      this.#said = "";
      this.#waiting = [...this.#memory, ...this.#waiting];
      this.#memory = [];
    }
    this.#write();
  }

  #writeLater(error: unknown): void {
    if (!this.#failing) {
      this.#warn(
        `the history can't be written: ${reason(error)}; the newest ${IN_MEMORY} ` +
          "are kept until it can be",
      );
    }
    this.#failing = true;
    this.#cancelWrite = this.#system.schedule(RETRY_MS, () => this.#write());
  }
}
