/** What is said of a key that there isn't. */

import { quoted } from "../core/printable.ts";
import { nearest } from "./nearest.ts";
import type { Finding, Path } from "./problems.ts";

/** The finding for an unknown key of the table at `path`; `place`: where it belongs. */
export function unknownKey(
  what: "key" | "directive",
  path: Path,
  key: string,
  known: readonly string[],
  place?: string,
): Finding {
  const guess = nearest(key, known);
  return {
    severity: "error",
    path: [...path, key],
    subject: path,
    atKey: true,
    message: `unknown ${what} ${quoted(key)}`,
    hint: place ??
      (guess === undefined
        ? `known here: ${known.join(", ")}`
        : `did you mean ${guess}?`),
  };
}
