/**
 * The kernel's elements of leases. What can't be taken out of the kernel is open still: it
 * is tried again until it is gone, its lease is not over before, and whoever knocks
 * meanwhile has a lease anew.
 */

import type { Door } from "../../core/door.ts";
import { Failure, orFailure } from "../../core/failure.ts";
import { faultWords } from "../faults.ts";
import { keyOf, type LastingElement } from "../firewall/open_elements.ts";
import type { LeaseReport } from "../log/lease_report.ts";
import type { System } from "../system.ts";
import type { Elements } from "./elements.ts";
import type { Lease } from "./lease.ts";
import { retryDelay } from "./retry.ts";

/** The kernel's own time for an element is a little longer than the lease's. */
const GRACE_MS = 1000;

/** One transaction for all of them is cheap. */
const LONGEST_DELAY_MS = 10_000;

/** When the daemon ends: tries, and what is between two of them. */
const LAST_TRIES = 3;
const LAST_DELAY_MS = 300;

/** Between two looks at who has made a connection: a flood must not have one each time. */
const SETTLE_MS = 1000;

/** An element that is to go, of a lease that is not open any more. */
interface Left {
  readonly lease: Lease;
  /** When the kernel has closed by itself, on the monotonic clock. */
  readonly until: number;
}

export class LeaseElements {
  readonly #elements: Elements;
  readonly #report: LeaseReport;
  readonly #system: Pick<System, "monotonic" | "schedule">;
  readonly #onGone: (lease: Lease) => void;
  readonly #left = new Map<string, Left>();
  #failures = 0;
  #settleAt = -Infinity;
  #cancel = () => {};
  /** Whether the daemon ends. */
  #ending = false;

  /** `onGone` is called with a lease that had nothing left but its element. */
  constructor(
    elements: Elements,
    report: LeaseReport,
    system: Pick<System, "monotonic" | "schedule">,
    onGone: (lease: Lease) => void,
  ) {
    this.#elements = elements;
    this.#report = report;
    this.#system = system;
    this.#onGone = onGone;
  }

  /** Whether a door has one for each address that it is open for. */
  has(door: Door): boolean {
    return this.#elements.has(door);
  }

  /** Whether the kernel has what a lease of this door would have. */
  holds(door: Door, ip: string): boolean {
    return this.has(door) && this.#elements.holds(door.name, ip);
  }

  /**
   * Opens, or lengthens, each for so many milliseconds.
   *
   * @throws {Failure} and nothing has changed
   */
  put(places: readonly LastingElement[]): void {
    try {
      this.#elements.put(places);
    } catch (error) {
      // Whatever went wrong, none of it may stop what a lease has still to do.
      throw error instanceof Failure ? error : new Failure(faultWords(error));
    }
    if (this.#left.size > 0) places.forEach((place) => this.#forget(keyOf(place)));
  }

  /** Closes those of leases, all at once; the leases of those that it can't keep them. */
  take(leases: readonly Lease[]): void {
    const own = leases.filter(({ promised }) => promised.element);
    if (own.length === 0) return;
    const why = this.#try(own);
    if (why === undefined) return;
    for (const lease of own) this.#keep(lease, why);
    this.#plan();
  }

  /** Ends the leases whose one connection was made; asks the kernel once a second at most. */
  settle(): void {
    const now = this.#system.monotonic();
    if (now < this.#settleAt) return;
    this.#settleAt = now + SETTLE_MS;
    orFailure(() => this.#elements.settle());
  }

  /** Tries what is left at once; somebody waits for it. */
  hurry(): void {
    if (this.#left.size > 0) this.#again();
  }

  /** The daemon ends: three tries are left, then the kernel closes by itself. */
  end(): void {
    this.#ending = true;
    this.#failures = 0;
    this.hurry();
  }

  #keep(lease: Lease, why: string): void {
    const [key, left] = [keyOf(lease), lease.longest + GRACE_MS];
    // An earlier lease's, which a knock could not lengthen: one is to wait for it.
    this.#forget(key);
    this.#left.set(key, { lease, until: this.#system.monotonic() + left });
    this.#report.elementLeft(lease, why, Math.ceil(left / 1000));
  }

  /** Why they can't be closed, if they can't. */
  #try(leases: readonly Lease[]): string | undefined {
    try {
      this.#elements.take(leases);
      return undefined;
    } catch (error) {
      return faultWords(error);
    }
  }

  #plan(): void {
    this.#cancel();
    this.#failures++;
    for (const { lease } of this.#left.values()) lease.elementFailures++;
    if (this.#ending && this.#failures >= LAST_TRIES) return this.#giveUp();
    const now = this.#system.monotonic();
    const first = this.#left.values()
      .reduce((least, { until }) => Math.min(least, until), Infinity);
    const pause = Math.min(retryDelay(this.#failures), LONGEST_DELAY_MS, first - now);
    const delay = this.#ending ? LAST_DELAY_MS : Math.max(0, pause);
    this.#cancel = this.#system.schedule(delay, () => this.#again());
  }

  #again(): void {
    const now = this.#system.monotonic();
    for (const [key, { until }] of this.#left) if (until <= now) this.#gone(key);
    const leases = Array.from(this.#left.values(), ({ lease }) => lease);
    if (leases.length > 0 && this.#try(leases) !== undefined) return this.#plan();
    for (const key of this.#left.keys()) this.#gone(key);
    this.#cancel();
    this.#failures = 0;
  }

  #giveUp(): void {
    for (const { lease, until } of this.#left.values()) {
      const seconds = Math.ceil((until - this.#system.monotonic()) / 1000);
      this.#report.elementStays(lease, seconds);
    }
    for (const key of this.#left.keys()) this.#forget(key);
  }

  #gone(key: string): void {
    this.#report.elementGone(this.#left.get(key)!.lease);
    this.#forget(key);
  }

  #forget(key: string): void {
    const left = this.#left.get(key);
    if (left === undefined) return;
    this.#left.delete(key);
    left.lease.elementFailures = 0;
    this.#onGone(left.lease);
  }
}
