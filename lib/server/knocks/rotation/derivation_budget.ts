/** How much strangers can make us compute, and that none of them takes it all. */

import { sourceNetwork } from "../../../core/source_network.ts";
import type { Report } from "../../log/report.ts";
import type { System } from "../../system.ts";

/** Derivations for sources a second, for all doors: a few hundredths of a processor. */
const PER_SECOND = 600;
/** What a door has of these at least, however many there are; and beside it for the log. */
const PER_DOOR = 20;
/** Derivations at a door for one network in a while: knocks of everybody in it. */
const PER_NETWORK = 64;
const WHILE_MS = 30_000;
/** Networks that are counted at a time. */
const MOST_NETWORKS = 16_384;

/** Grants derivations: every door has its share, and every network has one of that. */
export class DerivationBudget {
  readonly #system: Pick<System, "monotonic">;
  readonly #report: Report;
  readonly #perDoor: number;
  readonly #networks = new Map<string, number>();
  readonly #granted = new Map<string, number>();
  #second = -Infinity;
  #while = -Infinity;
  #ignored = 0;

  /** A budget for so many doors. */
  constructor(system: Pick<System, "monotonic">, report: Report, doors: number) {
    this.#system = system;
    this.#report = report;
    this.#perDoor = Math.max(PER_DOOR, Math.floor(PER_SECOND / Math.max(1, doors)));
  }

  /**
   * Whether a sequence of a door may be derived for this source. One that opens nothing any
   * more has a share of its own: whoever saw a knock has its first port, and could use up
   * with that what the next one needs.
   */
  grant(door: string, source: Uint32Array, mayOpen: boolean): boolean {
    this.#pass(this.#system.monotonic());
    const share = `${mayOpen ? "opens" : "explains"} ${door}`;
    const network = `${sourceNetwork(source)} ${share}`;
    const ofDoor = this.#granted.get(share) ?? 0;
    const ofNetwork = this.#networks.get(network) ?? 0;
    const full = ofNetwork === 0 && this.#networks.size >= MOST_NETWORKS;
    const most = mayOpen ? this.#perDoor : PER_DOOR;
    if (ofDoor >= most || ofNetwork >= PER_NETWORK || full) {
      this.#ignore(door);
      return false;
    }
    this.#granted.set(share, ofDoor + 1);
    this.#networks.set(network, ofNetwork + 1);
    return true;
  }

  #ignore(door: string): void {
    if (this.#ignored++ > 0) return;
    this.#report.warning({ kind: "beginnings", door });
  }

  #pass(now: number): void {
    if (now >= this.#second + 1000) {
      this.#second = now;
      this.#granted.clear();
    }
    if (now < this.#while + WHILE_MS) return;
    if (this.#ignored > 0) {
      this.#report.warning({ kind: "beginnings ignored", count: this.#ignored });
    }
    this.#while = now;
    this.#networks.clear();
    this.#ignored = 0;
  }
}
