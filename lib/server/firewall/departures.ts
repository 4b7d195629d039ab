/**
 * Elements that are to go: where all of a door's go, the kernel is told so in a word.
 *
 * @module
 */
import { type Address, parseAddress } from "../../core/address.ts";
import type { ElementName, OpenElements } from "./open_elements.ts";

/** Fewer are told one by one: what others put into the set is not to be missed. */
const MANY = 32;

/** Who is to go. */
export interface Departures {
  /** Doors that nobody may pass any longer, and that many could. */
  readonly emptied: readonly string[];
  /** Elements of the other doors. */
  readonly others: readonly { readonly door: string; readonly address: Address }[];
}

/** Forgets elements; tells how the kernel is to. */
export function departures(
  names: readonly ElementName[],
  open: OpenElements,
): Departures {
  const known = new Map<string, number>();
  const leaving = names.map((name) => {
    const { door, ip } = name;
    const element = open.delete(name);
    if (element !== undefined) known.set(door, (known.get(door) ?? 0) + 1);
    return element ?? { door, address: parseAddress(ip)! };
  });
  const emptied = [...known].filter(([door, count]) =>
    count >= MANY && open.isEmpty(door)
  )
    .map(([door]) => door);
  const isEmptied = new Set(emptied);
  return { emptied, others: leaving.filter(({ door }) => !isEmptied.has(door)) };
}
