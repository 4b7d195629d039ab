/**
 * Who may pass, as this daemon has asked for it: what the kernel is told again when
 * somebody takes its table away.
 *
 * @module
 */
import type { Address } from "../../core/address.ts";

/** Somebody who may pass a door. */
export interface OpenElement {
  /** The door's name. */
  readonly door: string;
  /** Who may pass. */
  readonly address: Address;
  /** Until when, in milliseconds of the monotonic clock. */
  readonly until: number;
}

/** Somebody who may pass a door for so many milliseconds more. */
export interface LastingElement extends Pick<OpenElement, "door" | "address"> {
  readonly ms: number;
}

/** The elements that last longer than until this moment, and by how much. */
export function lasting(elements: readonly OpenElement[], now: number): LastingElement[] {
  return elements.map(({ door, address, until }) => ({ door, address, ms: until - now }))
    .filter(({ ms }) => ms > 0);
}

/** What an element is told apart by. */
export function keyOf({ door, address }: Pick<OpenElement, "door" | "address">): string {
  return `${address.text} ${door}`;
}

/** Entries at which those whose time is over are looked for at the latest. */
const FIRST_SWEEP = 1024;

/** The elements that are open, by door and address. */
export class OpenElements {
  readonly #elements = new Map<string, OpenElement>();
  #sweepAt = FIRST_SWEEP;

  /** Takes one up, or gives one another time. */
  set(element: OpenElement, now: number): void {
    this.#elements.set(keyOf(element), element);
    if (this.#elements.size < this.#sweepAt) return;
    this.list(now);
    this.#sweepAt = Math.max(FIRST_SWEEP, 2 * this.#elements.size);
  }

  /** Forgets one; whether it was there. */
  delete(door: string, address: Address): boolean {
    return this.#elements.delete(keyOf({ door, address }));
  }

  /** One of them, if its time is not over. */
  get(door: string, address: Address, now: number): OpenElement | undefined {
    const element = this.#elements.get(keyOf({ door, address }));
    return element !== undefined && element.until > now ? element : undefined;
  }

  /** Those whose time is not over; the others are forgotten. */
  list(now: number): OpenElement[] {
    for (const [key, { until }] of this.#elements) {
      if (until <= now) this.#elements.delete(key);
    }
    return [...this.#elements.values()];
  }
}
