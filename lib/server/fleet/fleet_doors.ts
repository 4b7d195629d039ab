/** The doors of a config that a fleet has together, and the series of their clients. */

import type { Door } from "../../core/door.ts";
import { type Series, seriesOf } from "../journal/series.ts";
import type { LeasePlace } from "./entry_keys.ts";

export type FleetDoor = Door & { readonly fleet: NonNullable<Door["fleet"]> };

export class FleetDoors {
  readonly #doors: () => readonly Door[];
  #seen: readonly Door[] | undefined;
  #shared: readonly FleetDoor[] = [];
  #series = new Map<string, Series>();

  /** Those of the config in force. */
  constructor(doors: () => readonly Door[]) {
    this.#doors = doors;
  }

  get all(): readonly FleetDoor[] {
    this.#refresh();
    return this.#shared;
  }

  /** What their clients use up, by its id. */
  get series(): ReadonlyMap<string, Series> {
    this.#refresh();
    return this.#series;
  }

  /** Those that a lease is for. */
  of({ group, label }: LeasePlace): FleetDoor[] {
    return this.all.filter((door) =>
      door.fleet.group === group && fleetLabel(door) === label
    );
  }

  #refresh(): void {
    const doors = this.#doors();
    if (doors === this.#seen) return;
    this.#seen = doors;
    this.#shared = doors.filter((door): door is FleetDoor => door.fleet !== undefined);
    this.#series = new Map(this.#shared.flatMap(({ label, key }) => {
      if (key.kind !== "otp") return [];
      return key.clients.map((client) => {
        const series = seriesOf(label, key.otp, client);
        return [series.id, series] as const;
      });
    }));
  }
}

/** What a door is called in its group. */
export function fleetLabel({ key, label }: Door): string {
  return key.kind === "fleet" ? key.follow : label;
}

/** Where the leases of a door for an address are, if they are shared. */
export function leasePlace(door: Door, ip: string): LeasePlace | undefined {
  if (door.fleet === undefined) return undefined;
  return { group: door.fleet.group, label: fleetLabel(door), ip };
}
