/** Where in the text of a config a finding is. */

import type { Position } from "./draft.ts";
import type { Finding, Path } from "./problems.ts";

/** Where a table or a key is, and, of a key, where its value is. */
export interface Place extends Position {
  /** Where so many characters into the value are. */
  within?(offset: number): Position;
}

/** The place of a finding; where nothing is written there, the nearest table around it. */
export function locate(
  finding: Finding,
  placeOf: (path: Path) => Place | undefined,
): Position {
  for (let length = finding.path.length; length > 0; length--) {
    const place = placeOf(finding.path.slice(0, length));
    if (place === undefined) continue;
    const exact = length === finding.path.length;
    const { line, column } = place;
    if (place.within === undefined || (exact && finding.atKey)) return { line, column };
    return place.within(exact ? finding.offset ?? 0 : 0);
  }
  return { line: 0, column: 0 };
}
