/** Whoever watches the log live. One who does not keep up is dropped, not waited for. */

import type { LogRecord } from "@logtape/logtape";
import { Failure } from "../../core/failure.ts";
import { addressTest } from "../../core/firewall/address_block.ts";

/** Watchers at once: there are few administrators, and each costs a little. */
const MOST = 8;
/** Lines that wait for a watcher at most. */
const PATIENCE = 1000;

/** What a watcher is told: the line, and its values by name. */
export interface WatchedLine {
  /** When, Unix milliseconds. */
  readonly time: number;
  /** How bad it is: `info`, `warning`, `error` or `debug`. */
  readonly level: string;
  readonly line: string;
  /** The values in it; `event` says which kind of line it is. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Which lines a watcher wants; all of them without a word. */
export interface WatchFilter {
  readonly door?: string | undefined;
  /** About this address, or those of this network. */
  readonly ip?: string | undefined;
}

type Controller = ReadableStreamDefaultController<WatchedLine>;

/** Whether a watcher wants a line of these values. */
type Wanted = (values: LogRecord["properties"]) => boolean;

export class Watchers {
  readonly #watchers = new Map<Controller, Wanted>();
  readonly #followers: ((line: WatchedLine) => void)[] = [];

  get any(): boolean {
    return this.#watchers.size > 0;
  }

  /** Has a part of the daemon told every line, as long as there is a log. */
  follow(follower: (line: WatchedLine) => void): void {
    this.#followers.push(follower);
  }

  /**
   * The lines from now on, until the stream is cancelled.
   *
   * @throws {Failure} There are too many watchers.
   */
  add(filter: WatchFilter): ReadableStream<WatchedLine> {
    if (this.#watchers.size >= MOST) {
      throw new Failure(`${MOST} are watching already`, "end one of them first");
    }
    const wanted = wantedBy(filter);
    let watcher: Controller;
    return new ReadableStream<WatchedLine>({
      start: (controller) => {
        watcher = controller;
        this.#watchers.set(controller, wanted);
      },
      cancel: () => void this.#watchers.delete(watcher),
    }, { highWaterMark: PATIENCE });
  }

  /** Tells everybody who wants it. */
  tell(record: LogRecord): void {
    if (!this.any && this.#followers.length === 0) return;
    const { timestamp, level, message, properties } = record;
    const line = { time: timestamp, level, line: message.join(""), values: properties };
    for (const follower of this.#followers) follower(line);
    for (const [controller, wanted] of this.#watchers) {
      if (wanted(properties)) this.#tellOne(controller, line);
    }
  }

  close(): void {
    for (const controller of this.#watchers.keys()) controller.close();
    this.#watchers.clear();
  }

  #tellOne(controller: Controller, line: WatchedLine): void {
    if ((controller.desiredSize ?? 0) > 0) return controller.enqueue(line);
    this.#watchers.delete(controller);
    controller.error(new Failure("the watcher does not keep up"));
  }
}

function wantedBy({ door, ip }: WatchFilter): Wanted {
  const isMeant = ip === undefined ? () => true : addressTest(ip);
  return (values) =>
    (door === undefined || values["door"] === door) &&
    (ip === undefined || (typeof values["ip"] === "string" && isMeant(values["ip"])));
}
