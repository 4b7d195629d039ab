/** The elements of a door's sets, as the kernel has them. */

import { addressFromBytes } from "../../core/address.ts";
import {
  doorMark,
  familiesOf,
  type GuardedDoor,
  type KernelDoor,
  numberDoors,
  setName,
} from "../../core/firewall/guarded_door.ts";
import { partition } from "./element_lists.ts";
import { inspect } from "./inspection.ts";
import type { Nft } from "./nf_tables.ts";
import type { OpenElement } from "./open_elements.ts";

/** Who may pass a door, and until when; what has no timeout stays until Infinity. */
export function elementsOf(
  nft: Nft,
  table: string,
  { door, number }: GuardedDoor,
  now: number,
): OpenElement[] {
  return familiesOf(door).flatMap((family) =>
    elementsIn(nft, table, setName(number, family), now)
      .map((element) => ({ door: door.name, ...element }))
  );
}

/** Who is in a set, and until when. */
export function elementsIn(
  nft: Nft,
  table: string,
  set: string,
  now: number,
): Omit<OpenElement, "door">[] {
  return nft.elements(table, set).map(({ key, left }) => ({
    ip: textOf(key),
    until: now + left,
  }));
}

function textOf(key: Uint8Array): string {
  // Thousands are read when a daemon starts, and joining a typed array is slow at first.
  if (key.length === 4) return `${key[0]}.${key[1]}.${key[2]}.${key[3]}`;
  return addressFromBytes(key.subarray(0, 16)).text;
}

/** The doors whose sets are in a table already, and those that are missing. */
export function findDoors(
  nft: Nft,
  table: string,
  doors: readonly KernelDoor[],
): { there: readonly GuardedDoor[]; missing: readonly KernelDoor[] } {
  const found = inspect(nft, table);
  const known = found.kind === "ours" ? found.sets : [];
  const marks = new Set(known.map(({ comment }) => comment));
  const [there, missing] = partition(doors, (door) => marks.has(doorMark(door)));
  return { there: numberDoors(there, known), missing };
}
