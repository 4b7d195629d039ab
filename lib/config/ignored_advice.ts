/** What is not said of a door because its `ignore_advice` names it. */

import { type FindingName, isFindingName } from "./finding_names.ts";

/** The names by the door's. */
export type IgnoredAdvice = ReadonlyMap<string, readonly FindingName[]>;

/** What may be said of a door. */
interface Said {
  readonly severity: string;
  readonly door?: string;
  readonly name?: string;
}

/** Parts what is to be said from what is ignored; an error never is. */
export function partIgnored<T extends Said>(
  all: readonly T[],
  ignored: IgnoredAdvice = new Map(),
): { readonly said: T[]; readonly ignored: T[] } {
  const isIgnored = ({ severity, door, name }: Said) =>
    severity !== "error" && door !== undefined && name !== undefined &&
    isFindingName(name) && (ignored.get(door)?.includes(name) ?? false);
  const { said = [], quiet = [] } = Object.groupBy(
    all,
    (each) => isIgnored(each) ? "quiet" : "said",
  );
  return { said, ignored: quiet };
}
