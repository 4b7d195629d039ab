/** What a matcher has to know of all doors at once. */

import type { Address } from "../address.ts";
import type { Door, Knock } from "../door.ts";

/** Hits are kept for so long at least: that is the life of a SYN, milliseconds. */
export const LIFE_MS = 130_000;
/** Hits are kept for so long at most, whatever a door's timeout is. */
const LONGEST_MS = 86_400_000;

/** Of memory for all sources, a little less than 24 MB (see blocks.ts). */
const UNITS = 468_352;

/** What a matcher has to know of all doors at once. */
export interface MatcherSettings {
  /** How long hits are kept at most, milliseconds. */
  readonly life: number;
  /** The TCP flags that some door looks at. */
  readonly flags: number;
  /** The targets of doors. */
  readonly targets: readonly Address[];
  /** Knocks that never count. */
  readonly ignorePorts: readonly Knock[];
  /** Memory for what is kept, in units (see blocks.ts). */
  readonly units: number;
  /** A secret of two words, for hashing. */
  readonly hashKey: Uint32Array;
}

/** Draws the settings up from the doors of a config. */
export function matcherSettings(
  doors: readonly Door[],
  ignorePorts: readonly Knock[],
  hashKey: Uint32Array,
): MatcherSettings {
  const timeouts = doors.map(({ seqTimeout }) => 1000 * seqTimeout);
  return {
    life: Math.min(LONGEST_MS, Math.max(LIFE_MS, ...timeouts)),
    flags: doors.reduce((all, door) => all | door.tcpFlags.mask, 0),
    targets: doors.flatMap(({ target }) => target ?? []),
    ignorePorts,
    units: UNITS,
    hashKey,
  };
}
