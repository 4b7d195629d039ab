/** How long commands took, by door, as counts below limits. */

import { BoundedMap } from "../../core/bounded_map.ts";
import { MOST_DOORS } from "./door_counts.ts";

/** Upper limits in seconds: from what an nft command takes to what is killed. */
export const DURATION_LIMITS: readonly number[] = [
  ...[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5],
  ...[1, 2.5, 5, 10, 30],
];

/** How long the commands of a door took. */
export interface DoorDurations {
  readonly door: string;
  /** How many took at most so long, for each of `DURATION_LIMITS`; longer ones in none. */
  readonly within: readonly number[];
  readonly count: number;
  /** Seconds of all together. */
  readonly sum: number;
  /** How many of them failed, or never started. */
  readonly failed: number;
}

interface Counts {
  readonly within: number[];
  count: number;
  sum: number;
  failed: number;
}

export class Durations {
  readonly #doors = new BoundedMap<string, Counts>(MOST_DOORS);

  /** A command of a door has ended after so many seconds. */
  took(door: string, seconds: number): void {
    const counts = this.#of(door);
    counts.count++;
    counts.sum += seconds;
    DURATION_LIMITS.forEach((limit, index) => {
      if (seconds <= limit) counts.within[index]!++;
    });
  }

  /** A command of a door has failed. */
  failed(door: string): void {
    this.#of(door).failed++;
  }

  /** The counts of each door. */
  list(): DoorDurations[] {
    return [...this.#doors].map(([door, counts]) => ({ door, ...counts }));
  }

  #of(door: string): Counts {
    let counts = this.#doors.get(door);
    if (counts === undefined) {
      counts = { within: DURATION_LIMITS.map(() => 0), count: 0, sum: 0, failed: 0 };
      this.#doors.set(door, counts);
    }
    return counts;
  }
}
