/** How far clients' clocks are off, as far as their openings show it. */

import { BoundedMap } from "../../core/bounded_map.ts";

/** Clients that are kept; who has not opened for longest gives way. */
const MOST_CLIENTS = 1000;

/** A client's clock. */
export interface ClientClock {
  readonly door: string;
  readonly client: string;
  /** Seconds that it is ahead of ours; 0 as long as nothing shows that it is off. */
  readonly ahead: number;
}

/** The clocks of clients that opened doors. */
export class ClientClocks {
  readonly #clocks = new BoundedMap<string, ClientClock>(MOST_CLIENTS);

  /** A client opened a door with its clock so far ahead. */
  saw(door: string, client: string, ahead: number): void {
    this.#clocks.set(JSON.stringify([door, client]), { door, client, ahead });
  }

  /** The clocks, the one that was seen last at the end. */
  list(): ClientClock[] {
    return [...this.#clocks.values()];
  }
}
