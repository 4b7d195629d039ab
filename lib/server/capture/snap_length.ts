/** How much of each packet is kept. */
import type { Door } from "../../core/door.ts";
import { packetPort } from "../../core/packet_port.ts";

/**
 * Bytes kept of a packet: Ethernet with two VLAN tags (22), IPv6 (40) and TCP (20) leave
 * 46 for extension headers; IPv4 with all its options and TCP are 102.
 */
export const SNAP_LENGTH = 128;

/**
 * Bytes kept where single packets are taken: two VLAN tags (22), IPv6 (40), 128 of
 * extension headers, UDP (8) and 24 of payload are 222. Less of them fit into the ring.
 */
const PACKET_SNAP_LENGTH = 256;

/** Bytes of a packet that these doors need. */
export function snapLengthFor(doors: readonly Door[]): number {
  const someTakePackets = doors.some((door) => packetPort(door) !== undefined);
  return someTakePackets ? PACKET_SNAP_LENGTH : SNAP_LENGTH;
}
