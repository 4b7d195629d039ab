/** The doors of a table, found by their names. */

import { parseAddress } from "../address.ts";
import { Failure } from "../failure.ts";
import type { ElementPlace } from "./element_steps.ts";
import { doorMark, familiesOf, type GuardedDoor, setName } from "./guarded_door.ts";

/** What an element is known by. */
export interface ElementName {
  /** The door's name. */
  readonly door: string;
  /** Who may pass it, in an address's canonical text. */
  readonly ip: string;
}

/** The doors of one table. */
export class GuardedDoors {
  /** The doors in the order of the config. */
  readonly list: readonly GuardedDoor[];
  readonly #table: string;
  readonly #byName: ReadonlyMap<string, GuardedDoor>;

  /** Doors with the numbers that they have in a table. */
  constructor(table: string, list: readonly GuardedDoor[]) {
    this.#table = table;
    this.list = list;
    this.#byName = new Map(list.map((guarded) => [guarded.door.name, guarded]));
  }

  /** Whether there is a door of that name that is open for one connection. */
  isOnce(name: string): boolean {
    return this.#byName.get(name)?.door.kernel.connections === 1;
  }

  /** Where an element stands; nowhere if its address can never pass its door. */
  placeOf({ door, ip }: ElementName): ElementPlace | undefined {
    const guarded = this.#byName.get(door);
    const address = parseAddress(ip);
    if (guarded === undefined || address === undefined) return undefined;
    if (!familiesOf(guarded.door).includes(address.family)) return undefined;
    return { table: this.#table, number: guarded.number, address };
  }

  /** The places of elements, which have to have one; throws a Failure. */
  everyPlace<Element extends ElementName>(
    elements: readonly Element[],
  ): { readonly place: ElementPlace; readonly element: Element }[] {
    return elements.map((element) => {
      const place = this.placeOf(element);
      if (place !== undefined) return { place, element };
      throw new Failure(`the kernel has no door ${element.door} for it`);
    });
  }

  /** The places of the elements that have one. */
  places<Element extends ElementName>(
    elements: readonly Element[],
  ): { readonly place: ElementPlace; readonly element: Element }[] {
    return elements.flatMap((element) => {
      const place = this.placeOf(element);
      return place === undefined ? [] : { place, element };
    });
  }

  /** The names of those doors that have the same sets, and open the same, among others. */
  sameAs(others: GuardedDoors): Set<string> {
    const same = this.list.filter(({ door, number }) => {
      const other = others.#byName.get(door.name);
      return other?.number === number && doorMark(other.door) === doorMark(door);
    });
    return new Set(same.map(({ door: { name } }) => name));
  }

  /** The names of a door's sets; none if there is no such door. */
  setsOf(name: string): string[] {
    const guarded = this.#byName.get(name);
    return guarded === undefined ? [] : setsOf(guarded);
  }

  /** The names of all their sets. */
  setNames(): Set<string> {
    return new Set(this.list.flatMap(setsOf));
  }
}

function setsOf({ door, number }: GuardedDoor): string[] {
  return familiesOf(door).map((family) => setName(number, family));
}
