/** What is kept of what happened: who opened a door, when, and whom it refused. */

import { addressTest } from "../../core/firewall/address_block.ts";
import type { WatchedLine } from "../log/watchers.ts";

/** What one question is answered with at most: the newest; `until` reads on. */
export const MOST_HAPPENINGS = 10_000;

/** Something that happened to a door. */
export interface Happening {
  /** When, Unix milliseconds. */
  readonly time: number;
  /** `open`, `extend`, `close`, `refused`, `still open`, `left open` or `gave up`. */
  readonly event: string;
  readonly door: string;
  readonly ip: string;
  /** The client whose secret it was, on a rotating door. */
  readonly client?: string;
  /** Why, where there is a reason. */
  readonly why?: string;
}

/** Which of them are wanted. */
export interface HistoryQuestion {
  readonly door?: string | undefined;
  readonly client?: string | undefined;
  /** An address, or a network. */
  readonly ip?: string | undefined;
  /** Unix milliseconds; earlier ones are not. */
  readonly since?: number | undefined;
  /** Unix milliseconds; this one and later ones are not. */
  readonly until?: number | undefined;
}

/** The happening that a line of the log tells of, if it is one to keep. */
export function happeningOf({ time, values }: WatchedLine): Happening | undefined {
  const { event, door, ip, client } = values;
  if (typeof event !== "string" || typeof door !== "string" || typeof ip !== "string") {
    return undefined;
  }
  const kept = keptAs(event, values);
  if (kept === undefined) return undefined;
  const why = whyOf(values);
  return {
    ...{ time, event: kept, door, ip },
    ...(typeof client === "string" ? { client } : {}),
    ...(why === undefined ? {} : { why }),
  };
}

type Values = WatchedLine["values"];

/** As which event a line is kept, if it is. */
function keptAs(event: string, { client, attempts = 1 }: Values): string | undefined {
  switch (event) {
    case "refused":
    case "timeout":
      // What strangers try at a door is in the log; a client's failures are kept.
      return typeof client === "string" ? "refused" : undefined;
    case "start failed":
      return "close";
    case "still open":
      // Once: it may be tried for days.
      return attempts === 1 ? event : undefined;
    default:
      return KEPT.includes(event) ? event : undefined;
  }
}

const KEPT: readonly string[] = ["open", "extend", "close", "left open", "gave up"];

function whyOf({ event, why, how, attempts }: Values): string | undefined {
  if (event === "start failed") return `the start command ${how}`;
  if (event === "still open" && attempts !== undefined) return "the stop command failed";
  return typeof why === "string" ? why : undefined;
}

/** Tells those that are wanted. */
export function wantedTest(
  { door, client, ip, since, until }: HistoryQuestion,
): (happening: Happening) => boolean {
  const isMeant = ip === undefined ? () => true : addressTest(ip);
  return (happening) =>
    (door === undefined || happening.door === door) &&
    (client === undefined || happening.client === client) &&
    isMeant(happening.ip) &&
    (since === undefined || happening.time >= since) &&
    (until === undefined || happening.time < until);
}
