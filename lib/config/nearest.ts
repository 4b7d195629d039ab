/** "Did you mean": the known word nearest to a mistyped one. */

import { editDistance } from "./edit_distance.ts";

/**
 * The nearest of the known words, if it is near enough to be what was meant: a third of
 * its letters may differ. Case doesn't count.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const allowed = Math.max(1, Math.floor(candidate.length / 3));
    if (Math.abs(candidate.length - word.length) > allowed) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= allowed && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
