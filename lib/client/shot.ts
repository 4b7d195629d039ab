/** What a client sends at once. */

import type { Knock } from "../core/door.ts";

/** One packet to a port; in a datagram with what it carries. */
export interface Shot extends Knock {
  /** One byte that means nothing without it. */
  readonly payload?: Uint8Array;
}
