/**
 * How many commands run at once: so many in all, so many of a door. A door that has none
 * running always gets one, so that no door is kept out by others.
 */

export interface PlaceLimits {
  readonly all: number;
  readonly eachDoor: number;
}

interface Lane {
  taken: number;
  readonly waiting: (() => void)[];
}

/** Places, given in turn to the doors that wait, and within a door in order. */
export class CommandPlaces {
  readonly #limits: PlaceLimits;
  readonly #lanes = new Map<string, Lane>();
  /** Those with somebody waiting; who was served last stands at the end. */
  readonly #waiting = new Set<Lane>();
  #taken = 0;
  #giving = false;

  constructor(limits: PlaceLimits) {
    this.#limits = limits;
  }

  /** Calls `begin` when there is a place, at once if there is one now. */
  enter(door: string, begin: () => void): void {
    const empty = () => ({ taken: 0, waiting: [] });
    const lane = this.#lanes.getOrInsertComputed(door, empty);
    lane.waiting.push(begin);
    this.#waiting.add(lane);
    this.#give();
  }

  /** Gives a place of a door back. */
  leave(door: string): void {
    const lane = this.#lanes.get(door)!;
    lane.taken--;
    this.#taken--;
    if (lane.taken === 0 && lane.waiting.length === 0) this.#lanes.delete(door);
    this.#give();
  }

  /** What begins may end at once, and enter or leave meanwhile: this goes on with it. */
  #give(): void {
    if (this.#giving) return;
    this.#giving = true;
    try {
      for (let lane = this.#next(); lane !== undefined; lane = this.#next()) {
        this.#serve(lane);
      }
    } finally {
      this.#giving = false;
    }
  }

  #serve(lane: Lane): void {
    const begin = lane.waiting.shift()!;
    this.#waiting.delete(lane);
    if (lane.waiting.length > 0) this.#waiting.add(lane);
    lane.taken++;
    this.#taken++;
    begin();
  }

  #next(): Lane | undefined {
    const { all, eachDoor } = this.#limits;
    const free = this.#taken < all;
    for (const lane of this.#waiting) {
      if (lane.taken === 0 || free && lane.taken < eachDoor) return lane;
    }
    return undefined;
  }
}
