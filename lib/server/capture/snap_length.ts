/** How much of each packet is kept. */
import type { Door } from "../../core/door.ts";
import { packetPort } from "../../core/packet_port.ts";
import { PACKET_SNAP_LENGTH, SNAP_LENGTH } from "./choices.ts";

/** Bytes of a packet that these doors need. */
export function snapLengthFor(doors: readonly Door[]): number {
  const someTakePackets = doors.some((door) => packetPort(door) !== undefined);
  return someTakePackets ? PACKET_SNAP_LENGTH : SNAP_LENGTH;
}
