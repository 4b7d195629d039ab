/**
 * A door as the kernel has it: ports that it drops packets to, and a pair of sets of who
 * may pass.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import type { Door } from "../door.ts";
import { formatAddressBlock } from "./address_block.ts";
import { formatPortRange } from "./port_range.ts";

/** A door with `open`. */
export type KernelDoor = Door & { readonly kernel: NonNullable<Door["kernel"]> };

/** A door of the kernel's and its place in the table. */
export interface GuardedDoor {
  /** The door. */
  readonly door: KernelDoor;
  /** Its number: the sets are `d<number>_4` and `d<number>_6`. */
  readonly number: number;
}

/** A set that is there already: its number, and the comment that tells whose it is. */
export interface KnownSet {
  /** From its name. */
  readonly number: number;
  /** As the kernel keeps it. */
  readonly comment: string;
}

/** The doors that the kernel opens. */
export function kernelDoors(doors: readonly Door[]): KernelDoor[] {
  return doors.filter((door): door is KernelDoor => door.kernel !== undefined);
}

/**
 * What a door's sets are known by: 32 hex digits over all that decides for whom and what
 * its elements open, so that one door's elements never open another's ports.
 */
export function doorMark({ name, target, kernel }: KernelDoor): string {
  const { ports, allow, connections } = kernel;
  const parts = [
    name,
    ports.map(formatPortRange),
    target?.text ?? null,
    allow.map(formatAddressBlock),
    connections,
  ];
  return sha256(new TextEncoder().encode(JSON.stringify(parts))).toHex().slice(0, 32);
}

/** Gives each door the sets that are its own already, or the lowest number that is free. */
export function numberDoors(
  doors: readonly KernelDoor[],
  known: readonly KnownSet[],
): GuardedDoor[] {
  const numbers = new Map(known.map(({ comment, number }) => [comment, number]));
  const owned = doors.map((door) => numbers.get(doorMark(door)));
  const used = new Set(owned);
  let next = 0;
  return doors.map((door, i) => {
    const number = owned[i];
    if (number !== undefined) return { door, number };
    // What belongs to nobody is deleted in the same transaction, after it was of use.
    while (used.has(next) || known.some((set) => set.number === next)) next++;
    return { door, number: next++ };
  });
}

/** The families of addresses that can pass a door. */
export function familiesOf({ target }: Door): readonly (4 | 6)[] {
  return target === undefined ? [4, 6] : [target.family];
}

/** The name of a door's set. */
export function setName(number: number, family: 4 | 6): string {
  return `d${number}_${family}`;
}

/** The number of a set of a door's; undefined for any other name. */
export function setNumber(name: string): number | undefined {
  const [, digits] = /^d(\d{1,6})_[46]$/.exec(name) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
