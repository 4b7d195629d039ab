/**
 * What is to be done for knocks, before it is done.
 *
 * @module
 */
import type { Opening } from "../../core/door.ts";
import type { Answer } from "./answer.ts";
import type { LastingPlace } from "./elements.ts";
import type { Lease } from "./lease.ts";
import { isHeld } from "./state.ts";

/** What is to be done for a knock. */
export interface Plan {
  readonly opening: Opening;
  /** Writes what has to be on disk before; whether something was spent. */
  write(): boolean;
  /** What the kernel is to let pass for it, if anything. */
  readonly place?: LastingPlace;
  /** Does it; `there`: the kernel lets it pass already. */
  act(spent: boolean, there: boolean): Answer;
  /** It could not be written: gives back what was reserved. */
  undo?(): void;
}

/** Whether a knock lengthens what the kernel has of a lease. */
export function isRenewable({ promised, state }: Lease): boolean {
  return promised.element && isHeld(state) && state.ends === undefined;
}

/** What the kernel has of the lease of a knock. */
export function kernelPlace({ door, address }: Opening): LastingPlace {
  return { door: door.name, ip: address.text, ms: door.cmdTimeout * 1000 };
}

/** Groups in which no address knocks twice: what it did first decides what follows. */
export function apart(openings: readonly Opening[]): Opening[][] {
  const groups: Opening[][] = [];
  let addresses = new Set<string>();
  for (const opening of openings) {
    const { text } = opening.address;
    if (groups.length === 0 || addresses.has(text)) {
      groups.push([]);
      addresses = new Set();
    }
    addresses.add(text);
    groups.at(-1)!.push(opening);
  }
  return groups;
}
