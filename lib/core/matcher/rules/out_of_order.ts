/** Why a sequence with an order is not complete though a source hit each of its ports. */

import type { Refusal } from "../../refusal.ts";
import { type KnockRun, runsOf } from "../index/knock_run.ts";
import { unpackKnock } from "../index/mark.ts";

/** The piece of what came that is the sequence for longest: where, and for how long. */
interface Beginning {
  readonly start: number;
  readonly matched: number;
}

/**
 * What was expected where the hits leave the sequence, and what came there; undefined where
 * they don't.
 *
 * @param runs those of the sequence
 * @param hits those on its ports, packed, the oldest first
 */
export function whyOutOfOrder(
  runs: readonly KnockRun[],
  hits: readonly number[],
): Refusal | undefined {
  const came = runsOf(hits);
  const { start, matched } = longestBeginning(runs, came);
  const run = runs[matched];
  if (run === undefined) return undefined;
  const at = start + matched;
  const partly = came[at]?.knock === run.knock ? came[at]!.count : 0;
  const rest = came.slice(partly > 0 ? at + 1 : at);
  const expected = unpackKnock(run.knock);
  const time = timesBefore(runs, matched) + partly + 1;
  const nth = time > 1 ? { nth: time } : {};
  const instead = rest[0] && unpackKnock(rest[0].knock);
  if (rest.some(({ knock }) => knock === run.knock)) {
    return { kind: "order", first: instead!, before: expected, ...nth };
  }
  if (came.slice(0, start).some(({ knock }) => knock === run.knock)) {
    const before = unpackKnock(runs[matched - 1]!.knock);
    return { kind: "order", first: expected, before };
  }
  return { kind: "missing", expected, ...nth, ...(instead && { instead }) };
}

/** Of several that are as long the oldest. */
function longestBeginning(
  runs: readonly KnockRun[],
  came: readonly KnockRun[],
): Beginning {
  let longest = { start: 0, matched: 0 };
  for (const start of came.keys()) {
    const differs = runs.findIndex(({ knock, count }, i) => {
      const there = came[start + i];
      return there?.knock !== knock || there.count < count;
    });
    const matched = differs < 0 ? runs.length : differs;
    if (matched > longest.matched) longest = { start, matched };
  }
  return longest;
}

/** How often the knock of a run occurs in the runs before it. */
function timesBefore(runs: readonly KnockRun[], index: number): number {
  const { knock } = runs[index]!;
  return runs.slice(0, index)
    .reduce((sum, run) => run.knock === knock ? sum + run.count : sum, 0);
}
