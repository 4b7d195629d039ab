/**
 * What a matcher has to know of all doors at once.
 *
 * @module
 */
import type { Address } from "../address.ts";
import type { Door, Knock } from "../door.ts";
import { formatKnock, MAX_SEQUENCE_LENGTH } from "../sequence.ts";

/** Sources with a record at most. */
const MAX_SOURCES = 262_144;

/** What a matcher has to know of all doors at once. */
export interface MatcherSettings {
  /** The longest time a knock may take, milliseconds. */
  readonly timeout: number;
  /** The largest number of foreign ports that a door with a limit tolerates. */
  readonly tolerance: number;
  /** Hits that are kept for a source at most, up to 255. */
  readonly depth: number;
  /** The TCP flags that some door looks at. */
  readonly flags: number;
  /** The targets of doors. */
  readonly targets: readonly Address[];
  /** Knocks that never count. */
  readonly ignorePorts: readonly Knock[];
  /** Sources with a record at most, a power of two. */
  readonly maxSources: number;
  /** A secret number for hashing. */
  readonly seed: number;
}

/** Draws the settings up from the doors of a config. */
export function matcherSettings(
  doors: readonly Door[],
  ignorePorts: readonly Knock[],
  seed: number,
): MatcherSettings {
  return {
    timeout: 1000 * largest(0, doors, (door) => door.seqTimeout),
    tolerance: largest(0, doors, (door) => door.tolerance),
    depth: historyDepth(doors),
    flags: doors.reduce((all, door) => all | door.tcpFlags.mask, 0),
    targets: doors.flatMap(({ target }) => target ?? []),
    ignorePorts,
    maxSources: MAX_SOURCES,
    seed,
  };
}

/** Whether a history of hits that was kept under one setting can be read under the other. */
export function compatible(a: MatcherSettings, b: MatcherSettings): boolean {
  const targets = ({ targets }: MatcherSettings) =>
    targets.map(({ text }) => text).join();
  return a.depth === b.depth && a.flags === b.flags && a.seed === b.seed &&
    a.maxSources === b.maxSources && targets(a) === targets(b);
}

/**
 * Hits that a record has to hold so that none is missed that a rule asks for: a whole
 * sequence, the foreign ports between its knocks with one more to show that they are too
 * many, and other doors' ports, which are foreign too but kept several times over.
 */
function historyDepth(doors: readonly Door[]): number {
  const length = largest(1, doors, sequenceLength);
  const repeats = largest(1, doors, multiplicity) + 2;
  const tolerance = largest(
    0,
    doors,
    ({ tolerance }) => tolerance < 0 ? UNLIMITED_TOLERANCE : tolerance,
  );
  return Math.min(255, 2 * length + tolerance + 1 + tolerance * repeats);
}

/** Other doors' ports that may be hit on the way where any number of ports may be. */
const UNLIMITED_TOLERANCE = 16;

function largest(
  least: number,
  doors: readonly Door[],
  of: (door: Door) => number,
): number {
  return doors.reduce((most, door) => Math.max(most, of(door)), least);
}

/** The lines of a sequence file come one after the other, and any may be this long. */
function sequenceLength({ key }: Door): number {
  if (key.kind === "static") return key.sequence.length;
  return key.kind === "otp" ? key.otp.length : MAX_SEQUENCE_LENGTH;
}

function multiplicity({ key }: Door): number {
  if (key.kind !== "static") return 1;
  const counts = new Map<string, number>();
  for (const knock of key.sequence.map(formatKnock)) {
    counts.set(knock, (counts.get(knock) ?? 0) + 1);
  }
  return Math.max(...counts.values());
}
