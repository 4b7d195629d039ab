/**
 * A knock's packet as a capture would have it.
 *
 * @module
 */
import type { Address } from "../../core/address.ts";
import type { Knock } from "../../core/door.ts";
import { TCP, UDP } from "../../core/hit.ts";

/** DLT_EN10MB, Ethernet. */
export const ETHERNET = 1;

const IPV4 = 0x0800;
const SYN = 0x02;
/** Bytes of the headers of Ethernet, IPv4 and TCP. */
const LINK = 14, NETWORK = 20, TRANSPORT = 20;

/** A SYN, or an empty datagram, over IPv4. */
export function knockFrame(
  { port, protocol }: Knock,
  { from, to, sequence }: { from: Address; to: Address; sequence: number },
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(LINK + NETWORK + TRANSPORT);
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
