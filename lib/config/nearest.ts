/** "Did you mean": the known word nearest to a mistyped one. */

import { editDistance } from "./edit_distance.ts";

/**
 * The nearest of the known words, if it is near enough to be what was meant: a third of
 * its letters may differ. Case doesn't count. Of two that are as near the longer one, as
 * `command6` is `command_6`: more is forgotten than typed for nothing.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best = "";
  let bestDistance = Infinity;
  for (const candidate of known) {
    const allowed = Math.max(1, Math.floor(candidate.length / 3));
    if (Math.abs(candidate.length - word.length) > allowed) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance > allowed || distance > bestDistance) continue;
    if (distance < bestDistance || candidate.length > best.length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best === "" ? undefined : best;
}
