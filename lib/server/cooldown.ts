/**
 * When a door's command ran last for a source.
 *
 * @module
 */

/** Sources remembered at most; the one that came first is forgotten first. */
const MAX_SOURCES = 4096;

/** The latest run of each door's command for each source. */
export class Cooldown {
  readonly #runs = new Map<string, number>();

  /** Whether the command ran less than `seconds` ago; if not, it runs now. */
  holds(door: string, ip: string, seconds: number, now: number): boolean {
    if (seconds === 0) return false;
    const key = `${ip} ${door}`;
    const last = this.#runs.get(key);
    if (last !== undefined && now - last < seconds * 1000) return true;
    this.#runs.delete(key);
    this.#runs.set(key, now);
    if (this.#runs.size > MAX_SOURCES) {
      const [oldest] = this.#runs.keys();
      this.#runs.delete(oldest!);
    }
    return false;
  }
}
