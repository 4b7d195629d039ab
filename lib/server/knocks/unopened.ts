/**
 * Knocks that were complete and open nothing, as the fleet could not be asked: who saw one
 * could use it as soon as the fleet can be. Many are spent with one commit.
 */

import type { Opening } from "../../core/door.ts";
import { Failure, orFailure } from "../../core/failure.ts";
import type { Journal } from "../journal/journal.ts";
import type { Spending } from "../journal/spending.ts";
import type { Series } from "../journal/series.ts";
import type { Report } from "../log/report.ts";
import { orTrouble } from "../log/trouble.ts";
import type { System } from "../system.ts";

interface Unopened extends Spending {
  readonly say: (end: string) => void;
}

/** Where they are spent, and who hears of it. */
export interface UnopenedOptions {
  readonly journal: Pick<Journal, "batch" | "spend">;
  readonly report: Pick<Report, "refused" | "trouble">;
  readonly system: Pick<System, "schedule">;
  /** A counter of a series was spent elsewhere, or later than its knock. */
  readonly onSpent: (series: Series) => void;
}

export class UnopenedKnocks {
  readonly #options: UnopenedOptions;
  #waiting: Unopened[] = [];

  constructor(options: UnopenedOptions) {
    this.#options = options;
  }

  /** Says why a knock opens nothing; what it has still to use up is used up before. */
  async refuse(
    { door, address, client }: Opening,
    reason: "used" | "fault" | "engine",
    why: string,
    spending?: Spending,
  ): Promise<false> {
    const end = spending === undefined ? "" : await this.spend(spending);
    const knock = { door: door.name, ip: address.text, client: client?.name };
    this.#options.report.refused({ ...knock, reason, why: why + end });
    return false;
  }

  /** Spends a counter; gives what the reason ends with. */
  spend(spending: Spending): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const count = this.#waiting.push({ ...spending, say: resolve });
    if (count === 1) this.#options.system.schedule(0, this.#flush);
    return promise;
  }

  readonly #flush = () => {
    const { journal, report, onSpent } = this.#options;
    const waiting = this.#waiting;
    this.#waiting = [];
    const spend = ({ series, counter }: Unopened) => journal.spend(series, counter);
    const together = orFailure(() => journal.batch(() => waiting.map(spend)));
    for (const each of waiting) {
      const isSpent = !(together instanceof Failure) ||
        orTrouble(report, () => spend(each)) !== undefined;
      each.say(isSpent ? "; it is spent" : "");
      onSpent(each.series);
    }
  };
}
