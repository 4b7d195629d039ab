/** The tolerance rule: how many ports that are not its own a door forgives in a knock. */

import type { Refusal } from "../../refusal.ts";
import type { Candidate } from "../index/candidate.ts";
import { FOREIGN_PORTS } from "../history/additions.ts";
import { isOwn } from "../history/entry_kind.ts";
import { knockOf } from "../index/mark.ts";
import type { Recent } from "../history/recent.ts";

/** The ports that came between the hits of a knock; one object serves every judgement. */
export class ForeignPorts {
  readonly #seen = new Int32Array(512);

  /** Why a knock opens nothing: of the hits at `last` to `first`, too many are foreign. */
  refusal(
    recent: Recent,
    candidate: Candidate,
    last: number,
    first: number,
  ): Refusal | undefined {
    const { tolerance } = candidate;
    const ports = this.#count(recent, candidate, last, first);
    return ports > tolerance
      ? { kind: "foreign", ports, tolerated: tolerance }
      : undefined;
  }

  /**
   * How many different ones there are; the hits count from the newest. Where as many came
   * as are kept, others may have come that are forgotten, in favour of hits that this door
   * does not even count: a scan could hide its ports behind them.
   */
  #count(recent: Recent, candidate: Candidate, last: number, first: number): number {
    let count = 0;
    let kept = 0;
    for (let i = 0; i < first; i++) {
      const mark = recent.marks[i]!;
      const knock = knockOf(mark);
      if (!isOwn(recent.kinds[i]!)) kept++;
      if (i <= last || !candidate.view.counts(mark) || candidate.owns(knock)) continue;
      let known = 0;
      while (known < count && this.#seen[known] !== knock) known++;
      if (known === count) this.#seen[count++] = knock;
    }
    return kept < FOREIGN_PORTS ? count : Math.max(count, FOREIGN_PORTS);
  }
}
