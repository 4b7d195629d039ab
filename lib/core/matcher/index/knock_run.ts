/** Runs of one knock. */

/** One knock, once or several times in a row. */
export interface KnockRun {
  /** The knock, packed. */
  readonly knock: number;
  /** How often. */
  readonly count: number;
  /** How many knocks come before it. */
  readonly before: number;
}

/** Cuts packed knocks into runs. */
export function runsOf(knocks: readonly number[]): KnockRun[] {
  const runs: KnockRun[] = [];
  for (let i = 0; i < knocks.length; i += runs.at(-1)!.count) {
    const end = knocks.findIndex((knock, at) => at > i && knock !== knocks[i]);
    const count = (end < 0 ? knocks.length : end) - i;
    runs.push({ knock: knocks[i]!, count, before: i });
  }
  return runs;
}
