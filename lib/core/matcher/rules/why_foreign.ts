/** Why a hit on a door's port counts as a foreign one, for whoever debugs. */

import { knockOf, OTHER_PROTOCOL } from "../index/mark.ts";
import type { SequenceIndex } from "../index/sequence_index.ts";
import type { Views } from "../index/view.ts";

/** What keeps a hit from counting for the doors that have its port. */
export type Unlike =
  /** Its TCP flags. */
  | "flags"
  /** The address that it went to is not the door's target. */
  | "target"
  /** Its protocol. */
  | "protocol";

/** What is wrong with a hit that has this mark; undefined if no door has its port. */
export function whyForeign(
  index: SequenceIndex,
  views: Views,
  source: Uint32Array,
  mark: number,
): Unlike | undefined {
  const { rows } = index;
  const knock = knockOf(mark);
  let unlike: Unlike | undefined = index.has(knock ^ OTHER_PROTOCOL)
    ? "protocol"
    : undefined;
  const end = rows.end(knock);
  for (let row = rows.start(knock); row < end; row = rows.next(row)) {
    // What is bound to another source is nobody's port.
    if (!index.candidate(row).holdsFor(source)) continue;
    if (views.at(rows.view(row)).reaches(mark)) return "flags";
    unlike = "target";
  }
  return unlike;
}
