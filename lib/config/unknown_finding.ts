/** What is said of a name that no warning and no advice has. */

import { quoted } from "../core/printable.ts";
import { type FindingName, isFindingName } from "./finding_names.ts";
import { nearest } from "./nearest.ts";

/** The message, and the nearest of the names that could stand there. */
export function unknownFinding(
  word: string,
  known: readonly FindingName[],
): { readonly message: string; readonly hint: string } {
  if (isFindingName(word)) {
    return {
      message: `${word} is about the whole config, not about a door`,
      hint: `knockd check --ignore ${word}`,
    };
  }
  const guess = nearest(word.trim().replaceAll(/[\s_]/g, "-"), known);
  return {
    message: `no finding of check's is called ${quoted(word)}`,
    hint: guess === undefined
      ? "check prints the names in brackets; docs/advice.md has them all"
      : `did you mean ${guess}?`,
  };
}
