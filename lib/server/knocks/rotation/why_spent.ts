/** Why a counter that is spent, or one of another time, opens nothing. */

import { counterAt } from "../../../core/one_time/derive.ts";
import { RefusedKnock } from "../../../core/refused_knock.ts";
import type { Journal } from "../../journal/journal.ts";
import { alreadyUsed } from "../../journal/spending.ts";
import { clockAhead } from "./clock_sightings.ts";
import type { Member } from "./member.ts";

/** The reason; a step of the future keeps a client out whose clock is right. */
export function whySpent(
  member: Member,
  counter: number,
  time: number,
  journal: Pick<Journal, "highest" | "unknownUpTo">,
): RefusedKnock {
  const { series, client, door, otp: { mode, period, window } } = member;
  if (mode === "hotp") return alreadyUsed();
  const highest = journal.highest(series) ?? -1;
  const present = counterAt(time / 1000, period);
  const unknown = journal.unknownUpTo(series);
  if (counter <= unknown) {
    // Knocking again when the journal's time has come would be refused for the clock.
    if (counter < present - window) return wrongClock(member, counter, time);
    const from = (unknown + 1) * period * 1000;
    return new RefusedKnock({ kind: "new journal", from, now: time });
  }
  if (highest <= Math.max(counter, present) + window) return alreadyUsed();
  const spent = highest * period * 1000;
  return new RefusedKnock({
    kind: "future",
    door: door.name,
    client: client.name,
    spent,
    shared: door.fleet !== undefined,
  });
}

/** A step that lies outside of the window. */
export function wrongClock(
  { client, otp: { period, window } }: Member,
  counter: number,
  time: number,
): RefusedKnock {
  const ahead = clockAhead(counter, period, time);
  const allowed = window * period;
  return new RefusedKnock({ kind: "clock", client: client.name, ahead, allowed });
}
