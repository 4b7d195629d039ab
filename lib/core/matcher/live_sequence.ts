/** A sequence that opens a door at the moment. */

import type { Client, Door, Sequence } from "../door.ts";

/** A sequence that opens a door at the moment. */
export interface LiveSequence {
  /** The door it opens. */
  readonly door: Door;
  /** The ports to hit. */
  readonly knocks: Sequence;
  /** Whether they have to be hit in this order. */
  readonly ordered: boolean;
  /** The client whose secret it follows from. */
  readonly client?: Client;
  /** The counter that it follows from: a time step or an HOTP counter. */
  readonly counter?: number;
  /** The only source that it holds for, as four words; any source without it. */
  readonly source?: Uint32Array;
  /**
   * Opens nothing: it is the first port of a sequence that is bound to a source, which
   * becomes known, and worth deriving the rest for, by hitting it.
   */
  readonly announcement?: true;
}
