/** Which counters were spent: a short list of runs that has every one of them. */

/** Counters from the first to the last. */
export type Run = readonly [first: number, last: number];

/** Runs that are kept at most; the nearest two become one where there would be more. */
const MOST = 16;

/** Adds a counter; the runs are disjoint and in their order. */
export function withCounter(runs: readonly Run[], counter: number): Run[] {
  if (covers(runs, counter)) return [...runs];
  return withRun(runs, [counter, counter]);
}

/** Adds several at once. */
export function withRun(runs: readonly Run[], run: Run): Run[] {
  return fewer(joined([...runs, run].toSorted(([a], [b]) => a - b)));
}

/** Whether a counter is in one of them. */
export function covers(runs: readonly Run[], counter: number): boolean {
  return endOfRun(runs, counter) !== undefined;
}

/** The last counter of the run that a counter is in, if it is in one. */
export function endOfRun(runs: readonly Run[], counter: number): number | undefined {
  return runs.find(([first, last]) => counter >= first && counter <= last)?.[1];
}

/** `3-5,9-9`, which {@linkcode parseRuns} reads back. */
export function formatRuns(runs: readonly Run[]): string {
  return runs.map(([first, last]) => `${first}-${last}`).join();
}

/** Reads what {@linkcode formatRuns} wrote. */
export function parseRuns(text: string): Run[] {
  if (text === "") return [];
  return text.split(",").map((run): Run => {
    const [first = NaN, last = NaN] = run.split("-").map(Number);
    return [first, last];
  });
}

/** Runs that touch are one. */
function joined(runs: readonly Run[]): Run[] {
  return runs.reduce<Run[]>((done, run) => {
    const before = done.at(-1);
    if (before === undefined || run[0] > before[1] + 1) return [...done, run];
    return [...done.slice(0, -1), [before[0], Math.max(before[1], run[1])]];
  }, []);
}

/** What lies between the nearest two counts as spent, too: more, never less. */
function fewer(runs: Run[]): Run[] {
  if (runs.length <= MOST) return runs;
  const gaps = runs.slice(1).map(([first], i) => first - runs[i]![1]);
  const nearest = gaps.indexOf(Math.min(...gaps));
  const merged: Run = [runs[nearest]![0], runs[nearest + 1]![1]];
  return [...runs.slice(0, nearest), merged, ...runs.slice(nearest + 2)];
}
