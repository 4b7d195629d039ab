/** What is said now and then with its number, because a flood may ask for it. */

import type { System } from "../system.ts";

/** Counts by subject, and says the numbers of each second, or other time, when it is over. */
export class Counted {
  readonly #system: Pick<System, "schedule">;
  readonly #say: (subject: string, count: number) => void;
  readonly #windowMs: number;
  readonly #counts = new Map<string, number>();
  #cancel: (() => void) | undefined;

  /** Subjects are the config's words, never the network's: there are few. */
  constructor(
    system: Pick<System, "schedule">,
    say: (subject: string, count: number) => void,
    windowMs = 1000,
  ) {
    this.#system = system;
    this.#say = say;
    this.#windowMs = windowMs;
  }

  /** It happened once more; so often in this time, by now. */
  add(subject: string): number {
    const count = (this.#counts.get(subject) ?? 0) + 1;
    this.#counts.set(subject, count);
    this.#cancel ??= this.#system.schedule(this.#windowMs, this.flush);
    return count;
  }

  /** Says what has not been said. */
  readonly flush = (): void => {
    this.#cancel?.();
    this.#cancel = undefined;
    const counts = [...this.#counts];
    this.#counts.clear();
    for (const [subject, count] of counts) this.#say(subject, count);
  };
}
