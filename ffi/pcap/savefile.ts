/** The records that libpcap's pcap_dump writes, read from memory. */

/**
 * Called for each packet, at once; the bytes are good only until it returns.
 *
 * @param linkType What the packet starts with, as a DLT_ number of pcap-linktype(7).
 * @param bytes Where the packet is, among others.
 * @param offset Where in the bytes it starts.
 * @param captured How many bytes of it there are; the packet itself may be longer.
 * @param time When it arrived, milliseconds since the Unix epoch, with a fraction.
 */
export type PacketHandler = (
  linkType: number,
  bytes: Uint8Array,
  offset: number,
  captured: number,
  time: number,
) => void;

/** Bytes before each packet: u32 seconds, microseconds, captured length, length. */
export const RECORD_HEADER = 16;

/** Deno runs on no machine of the other order, and pcap_dump writes in the host's. */
const LITTLE_ENDIAN = true;

/**
 * Hands over each of the records that fill the first `end` bytes.
 *
 * @returns How many there were; reading stops at one that would end beyond `end`.
 */
export function readRecords(
  view: DataView<ArrayBuffer>,
  bytes: Uint8Array,
  end: number,
  linkType: number,
  onPacket: PacketHandler,
): number {
  let records = 0;
  let offset = 0;
  while (offset + RECORD_HEADER <= end) {
    const seconds = view.getUint32(offset, LITTLE_ENDIAN);
    const microseconds = view.getUint32(offset + 4, LITTLE_ENDIAN);
    const captured = view.getUint32(offset + 8, LITTLE_ENDIAN);
    const packet = offset + RECORD_HEADER;
    if (packet + captured > end) break;
    onPacket(linkType, bytes, packet, captured, seconds * 1000 + microseconds / 1000);
    offset = packet + captured;
    records++;
  }
  return records;
}
