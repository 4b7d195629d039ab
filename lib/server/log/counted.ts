/** What is said once a second with its number, because a flood may ask for it. */

import type { System } from "../system.ts";

const WINDOW_MS = 1000;

/** Counts by subject, and says the numbers of each second when it is over. */
export class Counted {
  readonly #system: Pick<System, "schedule">;
  readonly #say: (subject: string, count: number) => void;
  readonly #counts = new Map<string, number>();
  #cancel: (() => void) | undefined;

  /** Subjects are the config's words, never the network's: there are few. */
  constructor(
    system: Pick<System, "schedule">,
    say: (subject: string, count: number) => void,
  ) {
    this.#system = system;
    this.#say = say;
  }

  /** It happened once more. */
  add(subject: string): void {
    this.#counts.set(subject, (this.#counts.get(subject) ?? 0) + 1);
    this.#cancel ??= this.#system.schedule(WINDOW_MS, this.flush);
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
