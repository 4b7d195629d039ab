/** Closing doors on behalf of somebody who waits for it, but not for ever. */

import type { System } from "../system.ts";
import type { Lease } from "./lease.ts";
import type { Leases } from "./leases.ts";

/** How long whoever asks for doors to be closed waits for their stop commands. */
const PATIENCE_MS = 20_000;

/** Which doors are to close: all of them, or those of a name, an address, or both. */
export interface ChosenLeases {
  readonly door?: string;
  readonly ip?: string;
  /** On this machine alone, though others have them, too. */
  readonly here?: boolean;
}

/** A door that is open for an address. */
export type OpenDoor = Pick<Lease, "door" | "ip">;

/** Tells what is chosen. */
export function isChosen({ door, ip }: ChosenLeases): (open: OpenDoor) => boolean {
  return (open) =>
    (door === undefined || open.door === door) && (ip === undefined || open.ip === ip);
}

/** What became of the doors that were to close. */
export interface Closed {
  readonly closed: number;
  /** How many are tried again, because their stop commands fail. */
  readonly failing: number;
  /** How many other machines may have open still, where there are any. */
  readonly untold?: number;
}

/** Closes the doors that are chosen, and tells how far that has come within 20 seconds. */
export async function closeWithin(
  leases: Leases,
  chosen: (lease: Lease) => boolean,
  system: Pick<System, "schedule">,
): Promise<Closed> {
  const before = leases.list().filter(chosen);
  const enough = Promise.withResolvers<void>();
  const cancel = system.schedule(PATIENCE_MS, enough.resolve);
  const closed = leases.close(chosen, "closed by the administrator");
  await Promise.race([closed, enough.promise]);
  cancel();
  const left = new Set(leases.list());
  const failing = before.filter((lease) => left.has(lease)).length;
  return { closed: before.length - failing, failing };
}
