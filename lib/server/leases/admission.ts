/** How many doors may be opened: at once, and in a second. */

import type { Opening } from "../../core/door.ts";
import type { System } from "../system.ts";

/** Openings of a door in a second; who knocks beyond has to knock again. */
export const OPENINGS_A_SECOND = 100;

/** Why a door opens for nobody else just now. */
export type Limit = "max_open" | "rate";

interface DoorCount {
  open: number;
  second: number;
  opened: number;
}

/** Counts leases and openings of each door. */
export class Admission {
  readonly #system: Pick<System, "monotonic">;
  readonly #doors = new Map<string, DoorCount>();

  constructor(system: Pick<System, "monotonic">) {
    this.#system = system;
  }

  /** What forbids another opening, if anything; `lease`: it takes a place. */
  refuses({ door, elsewhere = false }: Opening, lease: boolean): Limit | undefined {
    const count = this.#count(door.name);
    if (lease && count.open >= door.maxOpen) return "max_open";
    return !elsewhere && count.opened >= OPENINGS_A_SECOND ? "rate" : undefined;
  }

  /** It opens once more. */
  opens({ door, elsewhere = false }: Opening): void {
    if (!elsewhere) this.#count(door.name).opened++;
  }

  /** A lease of it begins. */
  begins(door: string): void {
    this.#count(door).open++;
  }

  /** A lease of it is over. */
  ends(door: string): void {
    const count = this.#doors.get(door);
    if (count !== undefined) count.open--;
  }

  /** Forgets doors that are not in the config any more, nor open. */
  keep(doors: ReadonlySet<string>): void {
    for (const [name, { open }] of this.#doors) {
      if (open === 0 && !doors.has(name)) this.#doors.delete(name);
    }
  }

  #count(door: string): DoorCount {
    const second = Math.floor(this.#system.monotonic() / 1000);
    const none = () => ({ open: 0, second, opened: 0 });
    const count = this.#doors.getOrInsertComputed(door, none);
    if (count.second !== second) Object.assign(count, { second, opened: 0 });
    return count;
  }
}
