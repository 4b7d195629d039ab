/** What a flood may ask for: the first is said, the others are counted. */

import type { System } from "../../system.ts";

/** How long the others are counted before their number is said. */
const WINDOW_MS = 60_000;

/** Says the first event of a subject at once, and a minute later how many more there were. */
export class FirstOfMany {
  readonly #system: Pick<System, "schedule">;
  readonly #sayMore: (subject: string, count: number) => void;
  readonly #others = new Map<string, number>();
  #cancel: (() => void) | undefined;

  /** Subjects are the config's words, never the network's: there are few. */
  constructor(
    system: Pick<System, "schedule">,
    sayMore: (subject: string, count: number) => void,
  ) {
    this.#system = system;
    this.#sayMore = sayMore;
  }

  /** It happened; `say` says it, if it is the first of its minute. */
  add(subject: string, say: () => void): void {
    const others = this.#others.get(subject);
    this.#others.set(subject, others === undefined ? 0 : others + 1);
    this.#cancel ??= this.#system.schedule(WINDOW_MS, this.flush);
    if (others === undefined) say();
  }

  /** Says what has not been said. */
  readonly flush = (): void => {
    this.#cancel?.();
    this.#cancel = undefined;
    const counts = [...this.#others];
    this.#others.clear();
    for (const [subject, count] of counts) if (count > 0) this.#sayMore(subject, count);
  };
}
