/**
 * What the kernel opens and closes: the one thing that a lease may have besides commands.
 */

import type { Door } from "../../core/door.ts";
import type { ElementName } from "../../core/firewall/guarded_doors.ts";
import type { LastingElement } from "../firewall/open_elements.ts";

/** The kernel's elements. What throws a Failure has changed nothing. */
export interface Elements {
  /** Whether a door has one for each address that it is open for. */
  has(door: Door): boolean;
  /** Whether it has one for this address, as far as is known without asking it. */
  holds(door: string, ip: string): boolean;
  /** Opens, or lengthens, each for so many milliseconds; throws a Failure if it can't. */
  put(places: readonly LastingElement[]): void;
  /** Closes them all; what is closed already is no error. Throws a Failure if it can't. */
  take(places: readonly ElementName[]): void;
  /** Ends the leases whose one connection was made. Throws a Failure if it can't tell. */
  settle(): void;
}

/** Where no door is the kernel's. */
export const NO_ELEMENTS: Elements = {
  has: () => false,
  holds: () => false,
  put() {},
  take() {},
  settle() {},
};
