/** Which counters of a client have a live sequence. */

import type { OtpSettings } from "../../../core/door.ts";
import { MAX_COUNTER } from "../../../core/one_time/derive.ts";

/** The counters whose sequences are to be live. */
export interface Wanted {
  /** All of them, the most important first. */
  readonly counters: readonly number[];
  /** How many of these may open the door, now or in a moment; the rest explains. */
  readonly vital: number;
  readonly lowest: number;
  readonly highest: number;
}

/** Sequences that are live on a door for the sake of better explanations, at most. */
const EXPLAINING_SEQUENCES = 2000;
/** Steps beyond the window that are explained, if the clients are few. */
const LONG_MARGIN = 3;

/**
 * The steps that are live on a door, the present one first. Beyond the window lies a
 * margin of one step at least: the step ahead will be accepted next, and must be there by
 * then; the one behind may be that of a packet that waited to be read.
 */
export function wantedSteps(
  otp: Pick<OtpSettings, "window">,
  clients: number,
  current: number,
): Wanted {
  const { window } = otp;
  const longReach = window + LONG_MARGIN;
  const few = clients * (2 * longReach + 1) <= EXPLAINING_SEQUENCES;
  const reach = few ? longReach : window + 1;
  const steps = [current];
  for (let away = 1; away <= reach; away++) steps.push(current + away, current - away);
  return wanted(steps, 2 * window + 1);
}

/**
 * The counters that are live for a client of an HOTP door: those that open it, and of those
 * that were spent the last one, if the clients are few as many as may be ahead. Who knocks
 * with them has an old copy of the counter, or repeats what was seen.
 */
export function wantedCounters(
  { lookAhead }: Pick<OtpSettings, "lookAhead">,
  clients: number,
  spent: number | undefined,
): Wanted {
  const next = spent === undefined ? 0 : spent + 1;
  const few = clients * (2 * lookAhead + 1) <= EXPLAINING_SEQUENCES;
  const counters: number[] = [];
  for (let ahead = 0; ahead <= lookAhead; ahead++) counters.push(next + ahead);
  const vital = counters.length;
  const behind = few ? Math.max(1, lookAhead) : 1;
  for (let back = 1; back <= behind; back++) counters.push(next - back);
  return wanted(counters, vital);
}

function wanted(candidates: readonly number[], vital: number): Wanted {
  const counters = candidates.filter((each) => each >= 0 && each <= MAX_COUNTER);
  const lowest = Math.min(...counters);
  return { counters, vital, lowest, highest: Math.max(...counters) };
}
