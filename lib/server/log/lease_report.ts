/** What the log says of leases. */

import type { Logger } from "./log.ts";
import { type Trouble, troubleWords } from "./trouble.ts";

/** The lease that a line is about. */
export interface LeaseName {
  readonly door: string;
  /** For whom it is open. */
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

/** The words of leases. */
export class LeaseReport {
  readonly #logger: Logger;
  readonly #who: (ip: string) => Who;

  /** Writes to a log, which calls hosts what `who` calls them. */
  constructor(logger: Logger, who: (ip: string) => Who) {
    this.#logger = logger;
    this.#who = who;
  }

  /** Leases end at once, and nothing can go wrong: the first are named, the others counted. */
  closing(leases: readonly LeaseName[], why: string): void {
    for (const lease of leases.slice(0, MOST_NAMED)) {
      this.say(lease, { kind: "closing", why });
    }
    for (const [door, count] of countsOf(leases.slice(MOST_NAMED))) {
      this.#logger.info("{door}: {count} more: {why}, closing", {
        event: "close",
        ...{ door, count, why },
      });
    }
  }

  /** The daemon goes at once, and these stay: the first are named, the others counted. */
  abandoned(leases: readonly LeaseName[]): void {
    for (const lease of leases.slice(0, MOST_NAMED)) {
      this.#logger.error(
        "{who}: {door}: LEFT OPEN: told to end at once; the next start closes it",
        { event: "left open", ...this.#named(lease) },
      );
    }
    for (const [door, count] of countsOf(leases.slice(MOST_NAMED))) {
      this.#logger.error(
        "{door}: LEFT OPEN for {count} more: told to end at once; the next start closes them",
        { event: "left open", door, count },
      );
    }
  }

  say(lease: LeaseName, words: LeaseWords): void {
    switch (words.kind) {
      case "closing":
        return this.#info(lease, "close", "{why}, closing", { why: words.why });
      case "start failed":
        return this.#warn(
          lease,
          "start failed",
          "the start command {how}, closing",
          words,
        );
      case "still open":
        return this.#stillOpen(lease, words.failures, words.seconds);
      case "gave up":
        return this.#warn(
          lease,
          "gave up",
          "the stop command failed 3 times, but {why}, so it may be closed already; " +
            "check the firewall",
          { why: words.why },
        );
      case "rest failed":
        return this.#warn(
          lease,
          "rest failed",
          "closed, but opened more than once: the stop command failed 3 times for the rest",
          words,
        );
      case "left open":
        return this.#leftOpen(lease);
    }
  }

  extended(lease: LeaseName, seconds: number): void {
    const message = "open already, for {seconds} more seconds";
    this.#info(lease, "extend", message, { seconds });
  }

  waits(lease: LeaseName): void {
    this.#info(lease, "waits", "it is being closed, and opens again after that", {});
  }

  cooling(lease: LeaseName, seconds: number): void {
    const message = "command ran less than {seconds} seconds ago, not again";
    this.#info(lease, "cooldown", message, { seconds });
  }

  /** A knock was to close what is not open. */
  nothingToClose(lease: LeaseName, by: string): void {
    const message = "nothing to close for a knock on {by}";
    this.#info(lease, "nothing to close", message, { by });
  }

  /** A plain command was killed before it was through. */
  cutShort(lease: LeaseName): void {
    this.#warn(
      lease,
      "cut short",
      "the command was killed before it was through: what it opened may stay open; give " +
        "the door a stop_command, or command_timeout = 0",
      {},
    );
  }

  /** Openings of a door that were refused in a second. */
  limited(door: string, why: string, count: number): void {
    this.#logger.warn("{door}: {count} refused: {why}", {
      event: "limit",
      door,
      count,
      why,
    });
  }

  garbled(id: number, problem: string): void {
    this.#logger.error(
      "journal: lease {id} can't be read ({problem}); its door may still be open",
      { event: "journal", id, problem },
    );
  }

  /** The journal can't be told of what has changed. */
  notNoted(message: string): void {
    this.#logger.error(
      "{message}; open doors go on in memory, and close at once if knockd is killed",
      { event: "journal", message },
    );
  }

  /** The kernel did not close; it does so by itself in so many seconds at most. */
  elementLeft(lease: LeaseName, why: string, seconds: number): void {
    this.#logger.error(
      "{who}: {door}: STILL OPEN: {why}; trying again, and the kernel closes it by " +
        "itself in {seconds} s at most",
      { event: "still open", ...this.#named(lease), why, seconds },
    );
  }

  /** What the kernel did not close at first is closed. */
  elementGone(lease: LeaseName): void {
    this.#info(lease, "close", "closed", {});
  }

  /** The daemon ends, and the kernel has not closed. */
  elementStays(lease: LeaseName, seconds: number): void {
    this.#logger.error(
      "{who}: {door}: LEFT OPEN: the kernel closes it by itself in {seconds} s at most",
      { event: "left open", ...this.#named(lease), seconds },
    );
  }

  trouble(lease: LeaseName, what: Trouble): void {
    this.#logger.error("{who}: {door}: {message}", {
      event: "trouble",
      ...this.#named(lease),
      message: troubleWords(what),
    });
  }

  #stillOpen(lease: LeaseName, attempts: number, seconds: number): void {
    this.#logger.error(
      "{who}: {door}: STILL OPEN: the stop command failed {attempts} " +
        `${attempts === 1 ? "time" : "times"}, next try in {seconds} s`,
      { event: "still open", ...this.#named(lease), attempts, seconds },
    );
  }

  #leftOpen(lease: LeaseName): void {
    this.#logger.error(
      "{who}: {door}: LEFT OPEN: the stop command fails; the next start tries again",
      { event: "left open", ...this.#named(lease) },
    );
  }

  #info(lease: LeaseName, event: string, text: string, values: object): void {
    this.#logger.info(`{who}: {door}: ${text}`, {
      ...values,
      event,
      ...this.#named(lease),
    });
  }

  #warn(lease: LeaseName, event: string, text: string, values: object): void {
    this.#logger.warn(`{who}: {door}: ${text}`, {
      ...values,
      event,
      ...this.#named(lease),
    });
  }

  #named({ door, ip }: LeaseName): LeaseName & Who {
    return { door, ...this.#who(ip) };
  }
}

function countsOf(leases: readonly LeaseName[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { door } of leases) counts.set(door, (counts.get(door) ?? 0) + 1);
  return counts;
}
