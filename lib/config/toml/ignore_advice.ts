/** `ignore_advice` of a door in knock.toml: of what `check` is silent. */

import {
  DOOR_FINDING_NAMES,
  type DoorFindingName,
  isDoorFindingName,
} from "../finding_names.ts";
import type { Path } from "../problems.ts";
import { unknownFinding } from "../unknown_finding.ts";
import type { TomlContext } from "./context.ts";
import type { RawDoor } from "./schema.ts";

/** Reads the names; one that there isn't is an error, as it would ignore nothing. */
export function readIgnoredAdvice(
  door: string,
  raw: NonNullable<RawDoor["ignore_advice"]>,
  { report }: TomlContext,
): DoorFindingName[] {
  const path: Path = ["doors", door, "ignore_advice"];
  const names = new Set<DoorFindingName>();
  for (const [index, word] of [raw].flat().entries()) {
    const own = typeof raw === "string" ? path : [...path, index];
    if (!isDoorFindingName(word)) {
      report({ severity: "error", path: own, ...wrongName(word) });
    } else if (names.has(word)) {
      report({ severity: "error", path: own, message: `${word} is named twice` });
    } else names.add(word);
  }
  return [...names];
}

function wrongName(word: string): { message: string; hint: string } {
  const parts = word.split(/[\s,;]+/).filter((part) => part !== "");
  const unknown = unknownFinding(word, DOOR_FINDING_NAMES);
  return parts.length > 1 && parts.every(isDoorFindingName)
    ? { ...unknown, hint: `several are an array: ${asArray(parts)}` }
    : unknown;
}

function asArray(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(", ")}]`;
}
