/** When a door's command ran last for a source. */

import { BoundedMap } from "../../core/bounded_map.ts";
import type { Door } from "../../core/door.ts";

/** Sources remembered for each door at most; the one that came first is forgotten first. */
const MAX_SOURCES = 4096;

/** The latest run of each door's command for each source. */
export class Cooldown {
  readonly #doors = new Map<string, BoundedMap<string, number>>();

  /** Whether the command ran too short a time ago to run again. */
  holds({ name, cooldown }: Door, ip: string, now: number): boolean {
    const last = this.#doors.get(name)?.get(ip);
    return last !== undefined && now - last < cooldown * 1000;
  }

  begin({ name, cooldown }: Door, ip: string, now: number): void {
    if (cooldown === 0) return;
    const none = () => new BoundedMap<string, number>(MAX_SOURCES);
    this.#doors.getOrInsertComputed(name, none).set(ip, now);
  }

  /** Forgets the doors that are not in the config any more. */
  keep(doors: ReadonlySet<string>): void {
    for (const name of this.#doors.keys()) if (!doors.has(name)) this.#doors.delete(name);
  }
}
