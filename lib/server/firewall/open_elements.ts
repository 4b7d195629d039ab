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

/** Who passes which door. */
export interface ElementName {
  /** The door's name. */
  readonly door: string;
  /** The address, in its canonical text. */
  readonly ip: string;
}

/** The name of an element. */
export function elementName({ door, address }: OpenElement): ElementName {
  return { door, ip: address.text };
}

/** Entries at which those whose time is over are looked for at the latest. */
const FIRST_SWEEP = 1024;

/** The elements that are open, by door and address. */
export class OpenElements {
  readonly #doors = new Map<string, Map<string, OpenElement>>();
  #size = 0;
  #sweepAt = FIRST_SWEEP;

  /** Takes one up, or gives one another time. */
  set(element: OpenElement, now: number): void {
    const own = this.#doors.getOrInsertComputed(element.door, () => new Map());
    this.#size -= own.size;
    own.set(element.address.text, element);
    this.#size += own.size;
    if (this.#size < this.#sweepAt) return;
    this.#sweep(now);
    this.#sweepAt = Math.max(FIRST_SWEEP, 2 * this.#size);
  }

  /** Forgets one; what it was, if it was there. */
  delete({ door, ip }: ElementName): OpenElement | undefined {
    const own = this.#doors.get(door);
    const element = own?.get(ip);
    if (own === undefined || element === undefined) return undefined;
    own.delete(ip);
    this.#size--;
    return element;
  }

  /** Whether there is none of a door. */
  isEmpty(door: string): boolean {
    return (this.#doors.get(door)?.size ?? 0) === 0;
  }

  /** One of them, if its time is not over. */
  get({ door, ip }: ElementName, now: number): OpenElement | undefined {
    const element = this.#doors.get(door)?.get(ip);
    return element !== undefined && element.until > now ? element : undefined;
  }

  /** Those whose time is not over; the others are forgotten. */
  list(now: number): OpenElement[] {
    this.#sweep(now);
    return [...this.#doors.values()].flatMap((own) => [...own.values()]);
  }

  #sweep(now: number): void {
    this.#size = 0;
    for (const [door, own] of this.#doors) {
      for (const [ip, { until }] of own) if (until <= now) own.delete(ip);
      this.#size += own.size;
      if (own.size === 0) this.#doors.delete(door);
    }
  }
}
