/** What is to be done for knocks, before it is done. */

import type { Opening } from "../../core/door.ts";
import type { LastingElement } from "../firewall/open_elements.ts";
import type { Answer } from "./answer.ts";
import type { Lease } from "./lease.ts";
import { isHeld } from "./state.ts";

/** What is to be done for a knock. */
export interface Plan {
  readonly opening: Opening;
  /** Writes what has to be on disk before; throws a Failure if that can't be. */
  write(): void;
  /** What the kernel is to let pass for it, if anything. */
  readonly place?: LastingElement;
  /** Does it; `there`: the kernel lets it pass already. */
  act(there: boolean): Answer;
  /** It could not be written: gives back what was reserved. */
  undo?(): void;
}

/** Whether a knock lengthens what the kernel has of a lease. */
export function isRenewable({ promised, state }: Lease): boolean {
  return promised.element && isHeld(state) && state.ends === undefined;
}

/** A knock that has waited: what it closes besides, it closed when it came. */
export function afterWait(opening: Opening): Opening {
  return { ...opening, door: { ...opening.door, closes: [] } };
}

/** What the kernel has of the lease of a knock. */
export function kernelPlace({ door, address }: Opening): LastingElement {
  return { door: door.name, ip: address.text, ms: door.cmdTimeout * 1000 };
}

/**
 * Groups in which no address knocks on a door twice, nor on another when its knock closes
 * doors: what it did first decides what follows.
 */
export function apart(openings: readonly Opening[]): Opening[][] {
  const groups: Opening[][] = [];
  let group = new Group();
  for (const opening of openings) {
    if (groups.length === 0 || !group.admits(opening)) {
      groups.push([]);
      group = new Group();
    }
    group.add(opening);
    groups.at(-1)!.push(opening);
  }
  return groups;
}

/** Who knocks on which doors. */
class Group {
  readonly #knocks = new Set<string>();
  readonly #addresses = new Set<string>();
  /** Addresses whose knocks close doors. */
  readonly #closing = new Set<string>();

  admits({ door, address: { text } }: Opening): boolean {
    if (this.#closing.has(text) || this.#knocks.has(`${text} ${door.name}`)) return false;
    return door.closes.length === 0 || !this.#addresses.has(text);
  }

  add({ door, address: { text } }: Opening): void {
    this.#knocks.add(`${text} ${door.name}`);
    this.#addresses.add(text);
    if (door.closes.length > 0) this.#closing.add(text);
  }
}
