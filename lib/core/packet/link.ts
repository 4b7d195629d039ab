/** Link-layer headers: where in a captured frame does the IP packet begin? */

import { u16, u8 } from "./bytes.ts";

/** Link types with a number of their own, as in pcap-linktype(7). */
export const LinkType = {
  /** BSD loopback, address family in host byte order. */
  NULL: 0,
  /** Ethernet, 802.1Q and 802.1ad tags included. */
  ETHERNET: 1,
  /** PPP, with or without its address and control bytes. */
  PPP: 9,
  /** Raw IP as most systems number it. */
  RAW: 12,
  /** Raw IP as OpenBSD numbers it. */
  RAW_OPENBSD: 14,
  /** Raw IP in savefiles. */
  RAW_SAVEFILE: 101,
  /** OpenBSD loopback, address family in network byte order. */
  LOOP: 108,
  /** Linux cooked capture, version 1. */
  LINUX_SLL: 113,
  /** Raw IPv4. */
  IPV4: 228,
  /** Raw IPv6. */
  IPV6: 229,
  /** Linux cooked capture, version 2: what the interface `any` gives. */
  LINUX_SLL2: 276,
} as const;

/** The link types that can be parsed, each with libpcap's name for it. */
export const LINK_TYPES: ReadonlyMap<number, string> = new Map<number, string>([
  [LinkType.NULL, "NULL"],
  [LinkType.ETHERNET, "EN10MB"],
  [LinkType.PPP, "PPP"],
  [LinkType.RAW, "RAW"],
  [LinkType.RAW_OPENBSD, "RAW"],
  [LinkType.RAW_SAVEFILE, "RAW"],
  [LinkType.LOOP, "LOOP"],
  [LinkType.LINUX_SLL, "LINUX_SLL"],
  [LinkType.IPV4, "IPV4"],
  [LinkType.IPV6, "IPV6"],
  [LinkType.LINUX_SLL2, "LINUX_SLL2"],
]);

/** Whether packets of this link type can be parsed. */
export function isSupportedLinkType(linkType: number): boolean {
  return LINK_TYPES.has(linkType);
}

/** What {@linkcode findIp} returns for a frame without an IP packet for us. */
export const NO_IP: -1 = -1;

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const MAX_TAGS = 4;
const SLL_OUTGOING = 4;

/**
 * The offset of the IP header in a frame, or {@linkcode NO_IP}. The version in that header
 * is the one that the link layer names.
 */
export function findIp(
  linkType: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  switch (linkType) {
    case LinkType.ETHERNET:
      if (end - start < 14) return NO_IP;
      return ofEtherType(u16(bytes, start + 12), bytes, start + 14, end);
    case LinkType.LINUX_SLL:
      if (end - start < 16 || u16(bytes, start) === SLL_OUTGOING) return NO_IP;
      return ofEtherType(u16(bytes, start + 14), bytes, start + 16, end);
    case LinkType.LINUX_SLL2:
      if (end - start < 20 || u8(bytes, start + 10) === SLL_OUTGOING) return NO_IP;
      return ofEtherType(u16(bytes, start), bytes, start + 20, end);
    case LinkType.RAW:
    case LinkType.RAW_OPENBSD:
    case LinkType.RAW_SAVEFILE: {
      const ipv4 = ofVersion(4, bytes, start, end);
      return ipv4 === NO_IP ? ofVersion(6, bytes, start, end) : ipv4;
    }
    case LinkType.IPV4:
      return ofVersion(4, bytes, start, end);
    case LinkType.IPV6:
      return ofVersion(6, bytes, start, end);
    case LinkType.NULL:
    case LinkType.LOOP:
      return ofAddressFamily(bytes, start, end);
    case LinkType.PPP:
      return ofPpp(bytes, start, end);
    default:
      return NO_IP;
  }
}

function ofEtherType(type: number, bytes: Uint8Array, at: number, end: number): number {
  for (let tags = 0; isTag(type); tags++) {
    if (tags === MAX_TAGS || end - at < 4) return NO_IP;
    type = u16(bytes, at + 2);
    at += 4;
  }
  if (type === ETHERTYPE_IPV4) return ofVersion(4, bytes, at, end);
  if (type === ETHERTYPE_IPV6) return ofVersion(6, bytes, at, end);
  return NO_IP;
}

function isTag(type: number): boolean {
  return type === 0x8100 || type === 0x88a8 || type === 0x9100;
}

/** A family fits one byte, so that its place tells the byte order of the machine that captured. */
function ofAddressFamily(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 4 || u16(bytes, start + 1) !== 0) return NO_IP;
  const big = u8(bytes, start + 3);
  const little = u8(bytes, start);
  if (big !== 0 && little !== 0) return NO_IP;
  switch (big | little) {
    case 2:
      return ofVersion(4, bytes, start + 4, end);
    case 10: // AF_INET6 of Linux; then NetBSD and OpenBSD, FreeBSD, macOS
    case 24:
    case 28:
    case 30:
      return ofVersion(6, bytes, start + 4, end);
    default:
      return NO_IP;
  }
}

/** RFC 1661, 6.5 and 6.6: both the leading ff 03 and a zero byte of the protocol may go. */
function ofPpp(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 4) return NO_IP;
  let at = u16(bytes, start) === 0xff03 ? start + 2 : start;
  let protocol = u8(bytes, at++);
  if ((protocol & 1) === 0) protocol = protocol << 8 | u8(bytes, at++);
  if (protocol === 0x21) return ofVersion(4, bytes, at, end);
  if (protocol === 0x57) return ofVersion(6, bytes, at, end);
  return NO_IP;
}

function ofVersion(version: number, bytes: Uint8Array, at: number, end: number): number {
  return at < end && u8(bytes, at) >> 4 === version ? at : NO_IP;
}
