/**
 * Where people are who opened a door lately: what they do wrong is of more interest than
 * what strangers do.
 */

import { BoundedMap } from "../../core/bounded_map.ts";
import { sourceNetwork } from "../../core/source_network.ts";

/** Networks remembered at most; the one that opened a door longest ago is forgotten. */
const MOST = 1024;

/** The networks, /24 or /64, from which doors were opened. */
export class KnownNetworks {
  readonly #networks = new BoundedMap<number | string, true>(MOST);

  /** A door was opened from there. */
  add(source: Uint32Array): void {
    this.#networks.set(sourceNetwork(source), true);
  }

  /** Whether a door was opened from there. */
  has(source: Uint32Array): boolean {
    return this.#networks.size > 0 && this.#networks.has(sourceNetwork(source));
  }
}
