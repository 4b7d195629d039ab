/** What a flood may ask for: the first is said, the others are counted. */

import { Counted } from "../../log/counted.ts";
import type { System } from "../../system.ts";

/** How long the others are counted before their number is said. */
const WINDOW_MS = 60_000;

/** Says the first event of a subject at once, and a minute later how many more there were. */
export class FirstOfMany {
  readonly #counted: Counted;

  /** Subjects are the config's words, never the network's: there are few. */
  constructor(
    system: Pick<System, "schedule">,
    sayMore: (subject: string, count: number) => void,
  ) {
    const sayOthers = (subject: string, count: number) => {
      if (count > 1) sayMore(subject, count - 1);
    };
    this.#counted = new Counted(system, sayOthers, WINDOW_MS);
  }

  /** It happened; `say` says it, if it is the first of its minute. */
  add(subject: string, say: () => void): void {
    if (this.#counted.add(subject) === 1) say();
  }

  /** Says what has not been said. */
  readonly flush = (): void => this.#counted.flush();
}
