/** Packets of knocks as a capture would have them. */

import type { Address } from "../../core/address.ts";
import type { Knock } from "../../core/door.ts";
import { TCP, UDP } from "../../core/hit.ts";
import {
  type PacketHandler,
  readRecords,
  RECORD_HEADER,
} from "../../../ffi/pcap/savefile.ts";

/** DLT_EN10MB, Ethernet. */
const ETHERNET = 1;

const IPV4 = 0x0800;
const SYN = 0x02;
/** Bytes of the headers of Ethernet, IPv4 and TCP. */
const LINK = 14, NETWORK = 20, TRANSPORT = 20;
const FRAME = LINK + NETWORK + TRANSPORT;
const RECORD = RECORD_HEADER + FRAME;

export interface KnockPacket {
  readonly knock: Knock;
  readonly from: Address;
  readonly to: Address;
  /** Tells it from others; the sequence number of TCP. */
  readonly sequence: number;
}

/**
 * Hands SYNs and empty datagrams over IPv4 on, in the way that a capture does.
 *
 * @param time milliseconds since the epoch, when they came
 */
export function deliver(
  packets: readonly KnockPacket[],
  time: number,
  onPacket: PacketHandler,
): void {
  const bytes = new Uint8Array(packets.length * RECORD);
  const view = new DataView(bytes.buffer);
  packets.forEach((packet, i) => {
    const start = i * RECORD;
    view.setUint32(start, Math.floor(time / 1000), true);
    view.setUint32(start + 4, Math.floor(time * 1000 % 1_000_000), true);
    view.setUint32(start + 8, FRAME, true);
    bytes.set(frame(packet), start + RECORD_HEADER);
  });
  readRecords(view, bytes, bytes.length, ETHERNET, onPacket);
}

function frame({ knock, from, to, sequence }: KnockPacket): Uint8Array<ArrayBuffer> {
  const { port, protocol } = knock;
  const bytes = new Uint8Array(FRAME);
  const view = new DataView(bytes.buffer);
  view.setUint16(LINK - 2, IPV4);
  view.setUint8(LINK, 0x45);
  view.setUint16(LINK + 2, NETWORK + TRANSPORT);
  view.setUint8(LINK + 8, 64);
  view.setUint8(LINK + 9, protocol === "tcp" ? TCP : UDP);
  bytes.set(from.bytes.subarray(12), LINK + 12);
  bytes.set(to.bytes.subarray(12), LINK + 16);
  const start = LINK + NETWORK;
  view.setUint16(start, 40_000);
  view.setUint16(start + 2, port);
  if (protocol === "udp") view.setUint16(start + 4, TRANSPORT);
  else {
    view.setUint32(start + 4, sequence);
    view.setUint8(start + 12, (TRANSPORT / 4) << 4);
    view.setUint8(start + 13, SYN);
  }
  return bytes;
}
