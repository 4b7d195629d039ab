/**
 * IEEE 802.11 data frames, and the logical link control in which they and other networks
 * of IEEE 802 wrap IP.
 */

import { u16, u8 } from "./bytes.ts";
import { findIp, LinkType, NO_IP } from "./link.ts";

const DATA = 2;
/** Bits of the second byte of a frame's control. */
const [TO_DS, FROM_DS, PROTECTED, ORDER] = [0x01, 0x02, 0x40, 0x80];
/** Bits of a data frame's subtype. */
const [NO_DATA, QUALITY] = [0x4, 0x8];

/** The offset of the IP header in a frame of 802.11, or NO_IP; encrypted ones have none. */
export function ofWifi(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 24) return NO_IP;
  const control = u8(bytes, start);
  const flags = u8(bytes, start + 1);
  const subtype = control >> 4;
  const isData = (control >> 2 & 3) === DATA && (subtype & NO_DATA) === 0;
  if (!isData || (flags & PROTECTED) !== 0) return NO_IP;
  const bridged = (flags & TO_DS) !== 0 && (flags & FROM_DS) !== 0 ? 6 : 0;
  const quality = (subtype & QUALITY) === 0 ? 0 : (flags & ORDER) === 0 ? 2 : 6;
  return inLlc(bytes, start + 24 + bridged + quality, end);
}

/** The offset of the IP header behind a SNAP header (RFC 1042), or NO_IP. */
export function inLlc(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 8 || u16(bytes, at) !== 0xaaaa || u8(bytes, at + 2) !== 3) return NO_IP;
  const type = u16(bytes, at + 6);
  if (type !== 0x0800 && type !== 0x86dd) return NO_IP;
  return findIp(LinkType.RAW, bytes, at + 8, end);
}
