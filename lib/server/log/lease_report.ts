/** What the log says of leases. */

import type { Logger } from "./log.ts";
import { type Trouble, troubleWords } from "./trouble.ts";

/** The lease that a line is about. */
export interface LeaseName {
  readonly door: string;
  readonly ip: string;
}

/** An address, and what a line calls its host. */
interface Who {
  readonly ip: string;
  readonly who: string;
}

/** What can be said of a lease. */
export type LeaseWords =
  | { readonly kind: "closing"; readonly why: string }
  | { readonly kind: "start failed"; readonly how: string }
  | { readonly kind: "still open"; readonly failures: number; readonly seconds: number }
  | { readonly kind: "gave up"; readonly why: string }
  | { readonly kind: "rest failed"; readonly left: number }
  | { readonly kind: "left open" };

/** Leases that are named when they end together: a door opens as often in a second. */
const MOST_NAMED = 100;

export class LeaseReport {
  readonly #logger: () => Logger;
  readonly #who: (ip: string) => Who;

  /** Writes to the log that `logger` gives, which calls hosts what `who` calls them. */
  constructor(logger: () => Logger, who: (ip: string) => Who) {
    this.#logger = logger;
    this.#who = who;
  }

  /** Leases end at once, and nothing can go wrong: the first are named, the others counted. */
  closing(leases: readonly LeaseName[], why: string): void {
    for (const lease of leases.slice(0, MOST_NAMED)) {
      this.say(lease, { kind: "closing", why });
    }
    for (const [door, { length: count }] of unnamed(leases)) {
      this.#logger().info("{door}: {count} more: {why}, closing", {
        event: "close",
        ...{ door, count, why },
      });
    }
  }

  /** The daemon goes at once, and these stay: the first are named, the others counted. */
  abandoned(leases: readonly LeaseName[]): void {
    const event = "left open";
    for (const lease of leases.slice(0, MOST_NAMED)) {
      const message = "LEFT OPEN: told to end at once; the next start closes it";
      this.#say("error", lease, event, message);
    }
    for (const [door, { length: count }] of unnamed(leases)) {
      this.#logger().error(
        "{door}: LEFT OPEN for {count} more: told to end at once; the next start closes them",
        { event, door, count },
      );
    }
  }

  say(lease: LeaseName, words: LeaseWords): void {
    const { kind } = words;
    switch (kind) {
      case "closing":
        return this.#say("info", lease, "close", "{why}, closing", { why: words.why });
      case "start failed":
        return this.#say("warn", lease, kind, "the start command {how}, closing", words);
      case "still open":
        return this.#stillOpen(lease, words.failures, words.seconds);
      case "gave up":
        return this.#say(
          "warn",
          lease,
          kind,
          "the stop command failed 3 times, but {why}, so it may be closed already; " +
            "check the firewall",
          { why: words.why },
        );
      case "rest failed":
        return this.#say(
          "warn",
          lease,
          kind,
          "closed, but opened more than once: the stop command failed 3 times for the rest",
          words,
        );
      case "left open": {
        const message = "LEFT OPEN: the stop command fails; the next start tries again";
        return this.#say("error", lease, kind, message);
      }
    }
  }

  extended(lease: LeaseName, seconds: number): void {
    const message = "open already, for {seconds} more seconds";
    this.#say("info", lease, "extend", message, { seconds: Math.round(seconds) });
  }

  waits(lease: LeaseName): void {
    const message = "it is being closed, and opens again after that";
    this.#say("info", lease, "waits", message);
  }

  cooling(lease: LeaseName, seconds: number): void {
    const message = "command ran less than {seconds} seconds ago, not again";
    this.#say("info", lease, "cooldown", message, { seconds });
  }

  /** A knock was to close what is not open. */
  nothingToClose(lease: LeaseName, by: string): void {
    const message = "nothing to close for a knock on {by}";
    this.#say("info", lease, "nothing to close", message, { by });
  }

  /** A plain command was killed before it was through, by the door's limit or at the end. */
  cutShort(lease: LeaseName, commandTimeout: number): void {
    const message =
      "the command was killed before it was through: what it opened may stay open; give " +
      "the door a stop_command";
    const more = commandTimeout === 0 ? "" : ", or command_timeout = 0";
    this.#say("warn", lease, "cut short", message + more);
  }

  /** Openings of a door that were refused in a second. */
  limited(door: string, why: string, count: number): void {
    const values = { event: "limit", door, count, why };
    this.#logger().warn("{door}: {count} refused: {why}", values);
  }

  garbled(id: number, problem: string): void {
    this.#logger().error(
      "journal: lease {id} can't be read ({problem}); its door may still be open",
      { event: "journal", id, problem },
    );
  }

  /** The journal can't be told of what has changed. */
  notNoted(message: string): void {
    this.#logger().error(
      "{message}; open doors go on in memory, and close at once if knockd is killed",
      { event: "journal", message },
    );
  }

  /** The kernel did not close; it does so by itself in so many seconds at most. */
  elementLeft(lease: LeaseName, why: string, seconds: number): void {
    this.#say(
      "error",
      lease,
      "still open",
      "STILL OPEN: {why}; trying again, and the kernel closes it by itself in {seconds} s " +
        "at most",
      { why, seconds },
    );
  }

  /** What the kernel did not close at first is closed. */
  elementGone(lease: LeaseName): void {
    this.#say("info", lease, "close", "closed");
  }

  /** The daemon ends, and the kernel has not closed. */
  elementStays(lease: LeaseName, seconds: number): void {
    const message = "LEFT OPEN: the kernel closes it by itself in {seconds} s at most";
    this.#say("error", lease, "left open", message, { seconds });
  }

  trouble(lease: LeaseName, what: Trouble): void {
    this.#say("error", lease, "trouble", "{message}", { message: troubleWords(what) });
  }

  #stillOpen(lease: LeaseName, attempts: number, seconds: number): void {
    const times = attempts === 1 ? "time" : "times";
    this.#say(
      "error",
      lease,
      "still open",
      `STILL OPEN: the stop command failed {attempts} ${times}, next try in {seconds} s`,
      { attempts, seconds },
    );
  }

  #say(
    level: "info" | "warn" | "error",
    { door, ip }: LeaseName,
    event: string,
    text: string,
    values: object = {},
  ): void {
    const named = { door, ...this.#who(ip) };
    this.#logger()[level](`{who}: {door}: ${text}`, { event, ...named, ...values });
  }
}

/** Those of each door that are not named one by one. */
function unnamed(leases: readonly LeaseName[]) {
  return Map.groupBy(leases.slice(MOST_NAMED), ({ door }) => door);
}
