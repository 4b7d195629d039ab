/** Elements that are to go: where all of a door's go, the kernel is told so in a word. */

import type { ElementName } from "../../core/firewall/guarded_doors.ts";
import type { OpenElements } from "./open_elements.ts";

/** Fewer are told one by one: what others put into the set is not to be missed. */
const MANY = 32;

export interface Removals {
  /** Doors that nobody may pass any longer, and that many could. */
  readonly emptied: readonly string[];
  /** Elements of the other doors. */
  readonly others: readonly ElementName[];
}

/** Forgets elements; tells how the kernel is to. */
export function removals(names: readonly ElementName[], open: OpenElements): Removals {
  const known = new Map<string, number>();
  for (const name of names) {
    if (!open.delete(name)) continue;
    known.set(name.door, (known.get(name.door) ?? 0) + 1);
  }
  const emptied = [...known].filter(([door, count]) =>
    count >= MANY && open.isEmpty(door)
  )
    .map(([door]) => door);
  const isEmptied = new Set(emptied);
  return { emptied, others: names.filter(({ door }) => !isEmptied.has(door)) };
}
