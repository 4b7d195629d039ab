/** What came of the knocks at each door, in numbers. */

import { BoundedMap } from "../../core/bounded_map.ts";
import type { FailedReason } from "./failed_knock.ts";

/** Doors that are counted, more than a config has; those that one lost long ago give way. */
export const MOST_DOORS = 65_536;

export interface DoorNumbers {
  readonly opened: number;
  /** How often it did not, by the reason in a word. */
  readonly failed: Readonly<Partial<Record<FailedReason, number>>>;
}

interface Counts {
  opened: number;
  failed: Partial<Record<FailedReason, number>>;
}

export class DoorCounts {
  readonly #doors = new BoundedMap<string, Counts>(MOST_DOORS);

  opened(door: string): void {
    this.#of(door).opened++;
  }

  failed(door: string, reason: FailedReason): void {
    const { failed } = this.#of(door);
    failed[reason] = (failed[reason] ?? 0) + 1;
  }

  /** The numbers of a door; zero of one that nobody knocked at. */
  of(door: string): DoorNumbers {
    return this.#doors.get(door) ?? { opened: 0, failed: {} };
  }

  #of(door: string): Counts {
    let counts = this.#doors.get(door);
    if (counts === undefined) this.#doors.set(door, counts = { opened: 0, failed: {} });
    return counts;
  }
}
