/** What an opening uses up. */

import type { Opening } from "../../core/door.ts";
import { RefusedKnock } from "../../core/refused_knock.ts";
import { type Series, seriesOf } from "./series.ts";

/** A counter of a series, to be spent. */
export interface Spending {
  readonly series: Series;
  readonly counter: number;
}

/** What the opening of a rotating door uses up; nothing on other doors. */
export function spendingOf({ door, client, counter }: Opening): Spending | undefined {
  if (door.key.kind !== "otp" || client === undefined || counter === undefined) {
    return undefined;
  }
  return { series: seriesOf(door.label, door.key.otp, client), counter };
}

/** Why a counter that is spent opens nothing. */
export function alreadyUsed(): RefusedKnock {
  return new RefusedKnock({ kind: "used", orLater: true });
}
