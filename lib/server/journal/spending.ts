/** What an opening uses up. */

import { type Client, type Door, isOtpDoor, type Opening } from "../../core/door.ts";
import { RefusedKnock } from "../../core/refused_knock.ts";
import type { Journal, NewLease } from "./journal.ts";
import { type Series, seriesOf } from "./series.ts";

/** A counter of a series, to be spent. */
export interface Spending {
  readonly series: Series;
  readonly counter: number;
}

/** Those of clients that have knocked: a knock waits for as long as one takes to compute. */
const KNOWN = new WeakMap<Door, WeakMap<Client, Series>>();

/** What the opening of a rotating door uses up; nothing on other doors. */
export function spendingOf({ door, client, counter }: Opening): Spending | undefined {
  if (!isOtpDoor(door) || client === undefined || counter === undefined) return undefined;
  const known = KNOWN.get(door) ?? new WeakMap<Client, Series>();
  const series = known.get(client) ?? seriesOf(door.label, door.key.otp, client);
  KNOWN.set(door, known.set(client, series));
  return { series, counter };
}

/** Whether a door, as it is now, would take what opened it as it was. */
export function stillTakes(door: Door, opening: Opening): boolean {
  if (!isOtpDoor(door)) return false;
  const client = door.key.clients.find(({ name }) => name === opening.client?.name);
  return client !== undefined &&
    spendingOf({ ...opening, door, client })?.series.id ===
      spendingOf(opening)?.series.id;
}

/**
 * Spends what an opening uses up, if anything. When it can't be written, the door stays shut.
 *
 * @throws {Failure}
 */
export function spend(journal: Pick<Journal, "spend">, opening: Opening): void {
  const spending = spendingOf(opening);
  if (spending === undefined) return;
  const { series, counter } = spending;
  if (journal.spend(series, counter) === "used") throw alreadyUsed();
}

/** Spends, and promises to close; the number of the promise. Throws a Failure. */
export function spendAndPromise(
  journal: Journal,
  opening: Opening,
  lease: NewLease,
): number {
  const spending = spendingOf(opening);
  if (spending === undefined) return journal.beginLease(lease);
  const { series, counter } = spending;
  const id = journal.spendAndBegin(series, counter, lease);
  if (id === "used") throw alreadyUsed();
  return id;
}

/** Why a counter that is spent opens nothing. */
export function alreadyUsed(): RefusedKnock {
  return new RefusedKnock({ kind: "used", orLater: true });
}
