/** Whether a clock is right, going by another. */

import { type Examined, ill, unknown, well } from "./finding.ts";

/** Seconds that a clock may be off before a step is missed. */
const CLOCK_TOLERANCE = 30;

/** How far a clock is off a server's, as its Date says it. */
export function clockVerdict(server: string | null, now: number): Examined {
  const time = Date.parse(server ?? "");
  if (Number.isNaN(time)) return unknown("clock", "the web server says no time");
  const off = Math.round((now - time) / 1000);
  const where = off < 0 ? "behind" : "ahead of";
  return Math.abs(off) <= CLOCK_TOLERANCE
    ? well("clock", `right to ${Math.abs(off)} s`)
    : ill(
      "clock",
      `${Math.abs(off)} s ${where} the web server's: one-time knocks will be refused`,
      "set it right, as by timedatectl set-ntp true",
    );
}
