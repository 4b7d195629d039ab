/** The way of every packet from the capture to a doorman. */

import type { PacketHandler } from "../capture/network.ts";
import type { Faults } from "../faults.ts";
import type { Doorman } from "./doorman.ts";

/** The doorman that takes packets now: each reload brings another. */
export class OnDuty {
  /** Who takes the next packet. */
  doorman: Doorman;
  readonly #faults: Pick<Faults, "met">;

  /** One packet's trouble is said by `faults`: it is not the next one's. */
  constructor(doorman: Doorman, faults: Pick<Faults, "met">) {
    this.doorman = doorman;
    this.#faults = faults;
  }

  readonly packet: PacketHandler = (linkType, bytes, offset, captured, time) => {
    try {
      this.doorman.packet(linkType, bytes, offset, captured, time);
    } catch (error) {
      this.#faults.met(error);
    }
  };
}
