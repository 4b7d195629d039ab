/** What `ignore_advice` of a door does, in plain words. */

import { plural } from "../../core/plural.ts";
import { comesAndGoes, type DoorFindingName } from "../finding_names.ts";
import type { IgnoredAdvice } from "../ignored_advice.ts";

/** What is ignored at a door, and which names there is nothing to ignore by. */
export function explainIgnored(
  door: string,
  ignoredAdvice: IgnoredAdvice | undefined,
  ignored: readonly { readonly door?: string; readonly name?: string }[],
): [string, string][] {
  const names = ignoredAdvice?.get(door) ?? [];
  const found = ignored.filter((each) => each.door === door);
  const isFound = (name: DoorFindingName) => found.some((each) => each.name === name);
  const needless = names.filter((name) => !isFound(name) && !comesAndGoes(name));
  const rows: [string, string][] = [];
  if (found.length > 0) {
    const which = [...new Set(found.map(({ name }) => name))].join(", ");
    rows.push(["ignored", `${plural(found.length, "finding")}: ${which}`]);
  }
  if (needless.length > 0) {
    rows.push(["needless", `ignore_advice of ${needless.join(", ")}: it is not so here`]);
  }
  return rows;
}
