/**
 * The certificates that a config names, as far as they tell by themselves: an end to come is
 * told before it has come.
 */

import { X509Certificate } from "node:crypto";
import type { FleetSettings } from "../config/fleet_settings.ts";
import { type Examined, ill, unknown } from "./finding.ts";
import { orUndefined } from "../core/or_undefined.ts";

const DAY_MS = 86_400_000;
const SOON_MS = 14 * DAY_MS;
const RENEW = "make a new one, and restart knockd";

/** What is wrong with the time of a fleet's certificates; `now`: Unix milliseconds. */
export function certificateFindings(
  { ca, identity }: Pick<FleetSettings, "ca" | "identity">,
  now: number,
): Examined[] {
  const named = { "fleet.cert": identity?.cert, "fleet.ca": ca };
  return Object.entries(named).flatMap(([name, pem]) =>
    pem === undefined ? [] : timeFinding(name, pem, now)
  );
}

function timeFinding(name: string, pem: string, now: number): Examined[] {
  const [from, until] = timeOf(pem);
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  if (until < now) return [ill("fleet", `${name} ended on ${day(until)}`, RENEW)];
  if (from > now) {
    const says = `${name} begins on ${day(from)}`;
    return [ill("fleet", says, "see that the clock is right")];
  }
  return until < now + SOON_MS
    ? [unknown("fleet", `${name} ends on ${day(until)}`, RENEW)]
    : [];
}

/** What can't be read is the engine's connection to complain of. */
function timeOf(pem: string): [number, number] {
  const { validFrom = "", validTo = "" } = orUndefined(() => new X509Certificate(pem)) ??
    {};
  return [Date.parse(validFrom), Date.parse(validTo)];
}
