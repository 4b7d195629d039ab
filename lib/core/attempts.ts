/** Knocks that came far and are not complete, so that somebody can be told. */

import { BoundedMap } from "./bounded_map.ts";
import type { LiveSequence } from "./matcher/live_sequence.ts";

/** A knock that came far. */
export interface Attempt {
  /** The sequence that came furthest. */
  readonly sequence: LiveSequence;
  /** Who knocked. */
  readonly ip: string;
  /** The same, as four words. */
  readonly source: Uint32Array;
  /** Ports that were hit. */
  readonly came: number;
  /** When its time is over, milliseconds since the epoch. */
  readonly deadline: number;
}

/** Attempts remembered at most; the oldest is forgotten first. */
const MAX_ATTEMPTS = 1024;

/** The attempts that are under way, one for each door and source. */
export class Attempts {
  readonly #attempts = new BoundedMap<string, Attempt>(MAX_ATTEMPTS);

  /** Notes how far a knock came. Whoever tries again and again gains no more time. */
  advance(attempt: Attempt): void {
    const key = keyOf(attempt.sequence.door.name, attempt.ip);
    const earlier = this.#attempts.get(key)?.deadline ?? Infinity;
    const deadline = Math.min(earlier, attempt.deadline);
    this.#attempts.set(key, { ...attempt, deadline });
  }

  /** Forgets a knock: it opened its door, or was refused for another reason. */
  end(door: string, ip: string): void {
    this.#attempts.delete(keyOf(door, ip));
  }

  /** Takes out the knocks whose time is over. */
  expire(now: number): Attempt[] {
    const over = [...this.#attempts.values()].filter(({ deadline }) => deadline <= now);
    for (const { sequence, ip } of over) this.end(sequence.door.name, ip);
    return over;
  }

  /** Whether any knock is under way. */
  get any(): boolean {
    return this.#attempts.size > 0;
  }
}

function keyOf(door: string, ip: string): string {
  return `${ip} ${door}`;
}
