/**
 * What is said of a key that there isn't.
 *
 * @module
 */
import { nearest } from "./nearest.ts";
import type { Finding, Path } from "./problems.ts";

/** Longer than any key of ours, shorter than any secret that slipped into its place. */
const MAX_SHOWN = 24;

/** The finding for an unknown key of the table at `path`. */
export function unknownKey(
  what: "key" | "directive",
  path: Path,
  key: string,
  known: readonly string[],
): Finding {
  const guess = nearest(key, known);
  const quoted = key.length > MAX_SHOWN ? "" : ` ${JSON.stringify(key)}`;
  return {
    severity: "error",
    path: [...path, key],
    subject: path,
    atKey: true,
    message: `unknown ${what}${quoted}`,
    hint: guess === undefined
      ? `known here: ${known.join(", ")}`
      : `did you mean ${guess}?`,
  };
}
