/**
 * The doors of a table, found by their names.
 *
 * @module
 */
import type { Address } from "../address.ts";
import { Failure } from "../failure.ts";
import type { ElementPlace } from "./element_steps.ts";
import { familiesOf, type GuardedDoor, setName } from "./guarded_door.ts";

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

  /** Where an address stands that may pass a door; nowhere if it never can. */
  placeOf(name: string, address: Address): ElementPlace | undefined {
    const guarded = this.#byName.get(name);
    if (!guarded || !familiesOf(guarded.door).includes(address.family)) return undefined;
    return { table: this.#table, number: guarded.number, address };
  }

  /** The places of elements, which have to have one; throws a Failure. */
  everyPlace<Element extends { readonly door: string; readonly address: Address }>(
    elements: readonly Element[],
  ): { readonly place: ElementPlace; readonly element: Element }[] {
    return elements.map((element) => {
      const place = this.placeOf(element.door, element.address);
      if (place !== undefined) return { place, element };
      throw new Failure(`the kernel has no door ${element.door} for it`);
    });
  }

  /** The places of the elements that have one. */
  places<Element extends { readonly door: string; readonly address: Address }>(
    elements: readonly Element[],
  ): { readonly place: ElementPlace; readonly element: Element }[] {
    return elements.flatMap((element) => {
      const place = this.placeOf(element.door, element.address);
      return place === undefined ? [] : { place, element };
    });
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
