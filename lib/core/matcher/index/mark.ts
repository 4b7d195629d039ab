/**
 * A mark: what a door looks at in a hit, packed into 32 bits.
 *
 *     bits  0-15  port
 *     bit   16    1 for UDP
 *     bits 17-24  TCP flags
 *     bits 25-31  destination (see destinations.ts)
 *
 * The lower 17 bits, protocol and port, are the hit's knock.
 */

import type { Knock } from "../../door.ts";
import { type Hit, UDP } from "../../hit.ts";

/** How many different knocks there are: ports of TCP, then ports of UDP. */
export const KNOCKS = 1 << 17;

/** How many ports there are. */
export const PORTS = 1 << 16;

/** The bit in which the two knocks on a port differ. */
export const OTHER_PROTOCOL = 0x10000;

/** The lower 17 bits of a mark. */
export function knockOfHit(hit: Hit): number {
  return hit.protocol === UDP ? hit.port | 0x10000 : hit.port;
}

/** The same number for a knock of a sequence. */
export function packKnock(knock: Knock): number {
  return knock.protocol === "udp" ? knock.port | 0x10000 : knock.port;
}

/** What {@linkcode packKnock} packed. */
export function unpackKnock(knock: number): Knock {
  const protocol = (knock & OTHER_PROTOCOL) !== 0 ? "udp" : "tcp";
  return { port: knock & 0xffff, protocol };
}

/** Packs a mark; signed. */
export function packMark(knock: number, flags: number, destination: number): number {
  return knock | (flags << 17) | (destination << 25);
}

/** A mark with another destination. */
export function changedDestination(mark: number, destination: number): number {
  return (mark & 0x1ffffff) | (destination << 25);
}

/** The knock that a mark is of. */
export function knockOf(mark: number): number {
  return mark & (KNOCKS - 1);
}

/** Whether a mark is of a UDP packet. */
export function isUdp(mark: number): boolean {
  return (mark & 0x10000) !== 0;
}

/** The TCP flags in a mark. */
export function flagsOf(mark: number): number {
  return (mark >>> 17) & 0xff;
}

/** The destination in a mark. */
export function destinationOf(mark: number): number {
  return mark >>> 25;
}
