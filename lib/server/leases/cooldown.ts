/**
 * When a door's command ran last for a source.
 *
 * @module
 */

import type { Door } from "../../core/door.ts";

/** Sources remembered at most; the one that came first is forgotten first. */
const MAX_SOURCES = 4096;

/** The latest run of each door's command for each source. */
export class Cooldown {
  readonly #runs = new Map<string, number>();

  /** Whether the command ran too short a time ago to run again. */
  holds({ name, cooldown }: Door, ip: string, now: number): boolean {
    const last = this.#runs.get(`${ip} ${name}`);
    return last !== undefined && now - last < cooldown * 1000;
  }

  /** The command runs now. */
  begin({ name, cooldown }: Door, ip: string, now: number): void {
    if (cooldown === 0) return;
    const key = `${ip} ${name}`;
    this.#runs.delete(key);
    this.#runs.set(key, now);
    if (this.#runs.size > MAX_SOURCES) {
      const [oldest] = this.#runs.keys();
      this.#runs.delete(oldest!);
    }
  }
}
