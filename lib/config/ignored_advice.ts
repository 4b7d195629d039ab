/** What is not said of a door because its `ignore_advice` names it. */

import type { DoorFindingName, FindingName } from "./finding_names.ts";

/** The names by the door's. */
export type IgnoredAdvice = ReadonlyMap<string, readonly DoorFindingName[]>;

/** What may be said of a door. */
interface Said {
  readonly severity: string;
  readonly door?: string;
  readonly name?: string;
}

/**
 * Parts what is to be said from what is ignored, by its door or, as this once, everywhere; an
 * error never is.
 */
export function partIgnored<T extends Said>(
  all: readonly T[],
  byDoor: IgnoredAdvice = new Map(),
  everywhere: readonly FindingName[] = [],
): { readonly said: T[]; readonly ignored: T[] } {
  const isIgnored = ({ severity, door = "", name }: Said) =>
    severity !== "error" &&
    [...everywhere, ...byDoor.get(door) ?? []].some((each) => each === name);
  const { said = [], ignored = [] } = Object.groupBy(
    all,
    (each) => isIgnored(each) ? "ignored" : "said",
  );
  return { said, ignored };
}
