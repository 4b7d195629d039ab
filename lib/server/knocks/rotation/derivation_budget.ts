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
/** And for one address: a scan from it hits first ports, too, and is to leave some. */
const PER_ADDRESS = PER_NETWORK / 2;
const WHILE_MS = 30_000;
/** Networks and addresses that are counted at a time. */
const MOST_COUNTED = 32_768;

/**
 * Grants derivations: every door has its share, every network one of that, and every address
 * one of its network's.
 */
export class DerivationBudget {
  readonly #system: Pick<System, "monotonic">;
  readonly #report: Report;
  readonly #perDoor: number;
  /** Of networks and addresses. */
  readonly #counts = new Map<string, number>();
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
    const network = `network ${sourceNetwork(source)} ${share}`;
    const address = `address ${source.join(" ")} ${share}`;
    const ofDoor = this.#granted.get(share) ?? 0;
    const ofNetwork = this.#counts.get(network) ?? 0;
    const ofAddress = this.#counts.get(address) ?? 0;
    const full = ofAddress === 0 && this.#counts.size >= MOST_COUNTED;
    const most = mayOpen ? this.#perDoor : PER_DOOR;
    const isEnough = ofNetwork >= PER_NETWORK || ofAddress >= PER_ADDRESS;
    if (ofDoor >= most || isEnough || full) {
      this.#ignore(door);
      return false;
    }
    this.#granted.set(share, ofDoor + 1);
    this.#counts.set(network, ofNetwork + 1);
    this.#counts.set(address, ofAddress + 1);
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
    this.#counts.clear();
    this.#ignored = 0;
  }
}
