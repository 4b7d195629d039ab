/**
 * Faults of the machine: no descriptors, no memory, no processes. A daemon that runs has
 * doors to close, so none of them ends it: what fails in a timer, a callback or a listener
 * comes here, is said once, and is tried again.
 */

import { reason } from "../files/reason.ts";
import { Failure } from "../core/failure.ts";
import type { System } from "./system.ts";

/** A fault that has not come for so long is news again. */
const NEWS_AFTER_MS = 600_000;

/** Different faults that are told apart at a time; more are all news. */
const MOST_KINDS = 64;

/** Between two tries of a timer's work: a second, then twice as long, at most a minute. */
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 60_000;

/** Takes every fault that a running daemon meets. */
export class Faults {
  readonly #system: Pick<System, "monotonic">;
  readonly #say: (line: string) => void;
  /** When each was met last, by its words. */
  readonly #met = new Map<string, number>();

  /** They are said as lines that begin with what went wrong. */
  constructor(system: Pick<System, "monotonic">, say: (line: string) => void) {
    this.#system = system;
    this.#say = say;
  }

  /** Takes a fault; it is said unless it was met a short while ago. */
  readonly met = (error: unknown): void => {
    const words = faultWords(error);
    const now = this.#system.monotonic();
    const last = this.#met.get(words) ?? -Infinity;
    if (this.#met.size >= MOST_KINDS) this.#met.clear();
    this.#met.set(words, now);
    if (now - last >= NEWS_AFTER_MS) this.#say(`${words}; going on, and trying again`);
  };

  /** Does something, and gives what it gives; nothing where it fails. */
  attempt<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      this.met(error);
      return undefined;
    }
  }
}

/** The same system, but that a timer whose work fails comes again until it does not. */
export function withRetries(system: System, faults: Faults): System {
  return {
    now: () => system.now(),
    monotonic: () => system.monotonic(),
    spawn: (argv, env, mark) => system.spawn(argv, env, mark),
    endMarked: (marks) => system.endMarked(marks),
    schedule(delayMs, run) {
      let cancel = () => {};
      const wait = (ms: number, retryMs: number) => {
        cancel = system.schedule(ms, () => {
          if (faults.attempt(() => (run(), true))) return;
          wait(retryMs, Math.min(LAST_RETRY_MS, 2 * retryMs));
        });
      };
      wait(delayMs, FIRST_RETRY_MS);
      return () => cancel();
    },
  };
}

/** What the system said; of what is not the system's, which kind of fault it is, too. */
export function faultWords(error: unknown): string {
  if (error instanceof Failure) return error.message;
  const words = reason(error);
  const isOurs = error instanceof TypeError || error instanceof RangeError ||
    error instanceof ReferenceError;
  return isOurs ? `a fault of knockd's own: ${error.name}: ${words}` : words;
}
