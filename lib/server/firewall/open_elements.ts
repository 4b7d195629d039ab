/**
 * Who may pass, as this daemon has asked for it: what the kernel is told again when
 * somebody takes its table away.
 */

import type { ElementName } from "../../core/firewall/guarded_doors.ts";

/** Somebody who may pass a door. */
export interface OpenElement extends ElementName {
  /** Until when, in milliseconds of the monotonic clock. */
  readonly until: number;
}

/** Somebody who may pass a door for so many milliseconds more. */
export interface LastingElement extends ElementName {
  readonly ms: number;
}

/** What others have changed about who may pass. */
export interface Tampering {
  /** How many they took out, or gave another time, who are put back. */
  readonly putBack: number;
  /** How many they put in, who are taken out. */
  readonly takenOut: number;
  /** The elements of doors for one connection that are gone: their leases are over. */
  readonly used: readonly OpenElement[];
}

/** The elements that last longer than until this moment, and by how much. */
export function lasting(elements: readonly OpenElement[], now: number): LastingElement[] {
  return elements.map(({ door, ip, until }) => ({ door, ip, ms: until - now }))
    .filter(({ ms }) => ms > 0);
}

/** What an element is told apart by. */
export function keyOf({ door, ip }: ElementName): string {
  return `${ip} ${door}`;
}

/** Those that others are without. */
export function absent<Element extends ElementName>(
  those: readonly Element[],
  others: readonly ElementName[],
): Element[] {
  const there = new Set(others.map(keyOf));
  return those.filter((element) => !there.has(keyOf(element)));
}

/** As much more or less than its time is no other program's doing. */
const SLACK_MS = 2000;

/** Those that are wanted and not found, or not with their time. */
export function lacking(
  wanted: readonly OpenElement[],
  found: readonly OpenElement[],
): OpenElement[] {
  const times = new Map(found.map((element) => [keyOf(element), element.until]));
  return wanted.filter((element) => {
    const until = times.get(keyOf(element));
    return until === undefined || Math.abs(until - element.until) > SLACK_MS;
  });
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
    own.set(element.ip, element);
    this.#size += own.size;
    if (this.#size < this.#sweepAt) return;
    this.#sweep(now);
    this.#sweepAt = Math.max(FIRST_SWEEP, 2 * this.#size);
  }

  /** Forgets one; whether it was there. */
  delete({ door, ip }: ElementName): boolean {
    const wasThere = this.#doors.get(door)?.delete(ip) ?? false;
    if (wasThere) this.#size--;
    return wasThere;
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
