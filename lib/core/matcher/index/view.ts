/** Which packets count for a door. */

import type { Door } from "../../door.ts";
import { isFor } from "../destinations.ts";
import { destinationOf, flagsOf, isUdp } from "./mark.ts";

/** Which packets count: those to a destination, with certain TCP flags. */
export class View {
  readonly #target: number;
  readonly #mask: number;
  readonly #value: number;

  /** That of a door whose target has this number. */
  constructor({ tcpFlags }: Door, target: number) {
    this.#target = target;
    this.#mask = tcpFlags.mask;
    this.#value = tcpFlags.value;
  }

  /** Whether a packet with this mark is a hit. */
  counts(mark: number): boolean {
    return isFor(destinationOf(mark), this.#target) &&
      (isUdp(mark) || (flagsOf(mark) & this.#mask) === this.#value);
  }

  /** Whether a packet with this mark would be a hit with the right flags. */
  reaches(mark: number): boolean {
    return isFor(destinationOf(mark), this.#target);
  }

  /** Whether the same packets count. */
  equals(other: View): boolean {
    return this.#target === other.#target && this.#mask === other.#mask &&
      this.#value === other.#value;
  }
}

/** Different views, by their numbers: most doors have the same. */
export class Views {
  readonly #views: View[] = [];

  /** The number of a view, which is new if none like it was seen. */
  number(view: View): number {
    const known = this.#views.findIndex((other) => other.equals(view));
    return known >= 0 ? known : this.#views.push(view) - 1;
  }

  /** The view with a number. */
  at(number: number): View {
    return this.#views[number]!;
  }
}
