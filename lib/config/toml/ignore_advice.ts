/** `ignore_advice` of a door in knock.toml: of what `check` is silent. */

import { quoted } from "../../core/printable.ts";
import { FINDING_NAMES, type FindingName, isFindingName } from "../finding_names.ts";
import { nearest } from "../nearest.ts";
import type { Path } from "../problems.ts";
import type { TomlContext } from "./context.ts";
import type { RawDoor } from "./schema.ts";

/** Reads the names; one that there isn't is an error, as it would ignore nothing. */
export function readIgnoredAdvice(
  door: string,
  raw: NonNullable<RawDoor["ignore_advice"]>,
  { report }: TomlContext,
): FindingName[] {
  const path: Path = ["doors", door, "ignore_advice"];
  const names = new Set<FindingName>();
  for (const [index, word] of [raw].flat().entries()) {
    const own = typeof raw === "string" ? path : [...path, index];
    if (!isFindingName(word)) {
      report({ severity: "error", path: own, ...unknownName(word) });
    } else if (names.has(word)) {
      report({ severity: "error", path: own, message: `${word} is named twice` });
    } else names.add(word);
  }
  return [...names];
}

function unknownName(word: string): { message: string; hint: string } {
  const message = `no finding of check's is called ${quoted(word)}`;
  const parts = word.split(/[\s,;]+/).filter((part) => part !== "");
  if (parts.length > 1 && parts.every(isFindingName)) {
    return { message, hint: `several are an array: ${asArray(parts)}` };
  }
  const guess = nearest(word.trim().replaceAll(/[\s_]/g, "-"), FINDING_NAMES);
  return {
    message,
    hint: guess === undefined
      ? "check prints the names in brackets; docs/advice.md has them all"
      : `did you mean ${guess}?`,
  };
}

function asArray(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(", ")}]`;
}
