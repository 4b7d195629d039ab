/**
 * Link layers that no interface of a server has, and recordings do: where the IP packet
 * begins in a frame of theirs. Layouts are those of libpcap's list of link types.
 */

import { u16, u8 } from "./bytes.ts";
import { findIp, LinkType, NO_IP } from "./link.ts";
import { inLlc, ofWifi } from "./wifi.ts";

/** Where the next header begins, or NO_IP. */
type Find = (bytes: Uint8Array, start: number, end: number) => number;

/** IP, so many bytes behind the beginning; its own version tells which. */
const rawAfter = (header: number): Find => (bytes, start, end) =>
  findIp(LinkType.RAW, bytes, start + header, end);
/** An EtherType at such a place, and behind it, or further on, the packet. */
const typedAt = (place: number, header = place + 2): Find => (bytes, start, end) => {
  if (end - start < header) return NO_IP;
  const type = u16(bytes, start + place);
  return type === 0x0800 || type === 0x86dd ? rawAfter(header)(bytes, start, end) : NO_IP;
};
const llcAfter = (header: number): Find => (bytes, start, end) =>
  inLlc(bytes, start + header, end);
const pppAfter = (header: number): Find => (bytes, start, end) =>
  findIp(LinkType.PPP, bytes, start + header, end);

const FINDERS: ReadonlyMap<number, Find> = new Map<number, Find>([
  [6, tokenRing],
  [8, rawAfter(16)], // SLIP
  [10, llcAfter(13)], // FDDI
  [11, llcAfter(0)], // ATM by RFC 1483
  [15, rawAfter(24)], // SLIP of BSD/OS
  [19, llcAfter(0)], // classical IP over ATM
  [50, serialPpp],
  [51, pppAfter(6)], // PPPoE
  [104, typedAt(2)], // Cisco HDLC
  [105, ofWifi],
  [107, frameRelay],
  [109, rawAfter(12)], // ENC of OpenBSD
  [117, pflog],
  [119, prism],
  [122, llcAfter(16)], // IP over Fibre Channel
  [123, llcAfter(4)], // SunATM
  [127, radiotap],
  [138, typedAt(16)], // Apple's IP over FireWire
  [163, avs],
  [166, pppAfter(2)], // pppd: a direction in the place of the address
  [192, perPacketInformation],
  [204, pppAfter(1)], // PPP with a direction
  [219, mpls],
  [226, rawAfter(24)], // IPNET of Solaris
  [239, nflog],
  [240, (bytes, start, end) => findIp(LinkType.ETHERNET, bytes, start + 4, end)],
  [242, typedAt(40, 44)], // IP over InfiniBand
]);

/** Whether {@linkcode findRecordedIp} knows a link type. */
export function isRecordedLinkType(linkType: number): boolean {
  return FINDERS.has(linkType);
}

/** The offset of the IP header in a frame of a recording, or NO_IP. */
export function findRecordedIp(
  linkType: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  return FINDERS.get(linkType)?.(bytes, start, end) ?? NO_IP;
}

/** The byte order of the recording machine is in no packet: what would be too long is the other. */
function length32(bytes: Uint8Array, at: number): number {
  return u8(bytes, at) | u8(bytes, at + 1) << 8 || u16(bytes, at + 2);
}

function tokenRing(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 15) return NO_IP;
  const isRouted = (u8(bytes, start + 8) & 0x80) !== 0;
  return inLlc(bytes, start + 14 + (isRouted ? u8(bytes, start + 14) & 0x1f : 0), end);
}

/** RFC 1662's PPP, or Cisco's HDLC on the same line. */
function serialPpp(bytes: Uint8Array, start: number, end: number): number {
  const first = start < end ? u8(bytes, start) : 0;
  const isCisco = first === 0x0f || first === 0x8f;
  return isCisco ? typedAt(2)(bytes, start, end) : pppAfter(0)(bytes, start, end);
}

/** RFC 2427: an address of two bytes, or of as many as say that more follow. */
function frameRelay(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && at < start + 4 && (u8(bytes, at) & 1) === 0) at++;
  if (end - ++at < 3 || u8(bytes, at++) !== 0x03) return NO_IP;
  if (u8(bytes, at) === 0) at++;
  const protocol = u8(bytes, at);
  if (protocol === 0xcc || protocol === 0x8e) return rawAfter(1)(bytes, at, end);
  return protocol === 0x80 ? typedAt(4)(bytes, at, end) : NO_IP;
}

/** OpenBSD's firewall log says how long its header is, which ends on four bytes. */
function pflog(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return NO_IP;
  return rawAfter(u8(bytes, start) + 3 & ~3)(bytes, start, end);
}

function radiotap(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 8) return NO_IP;
  return ofWifi(bytes, start + (u8(bytes, start + 2) | u8(bytes, start + 3) << 8), end);
}

function avs(bytes: Uint8Array, start: number, end: number): number {
  return end - start < 8 ? NO_IP : ofWifi(bytes, start + u16(bytes, start + 6), end);
}

/** Prism's header, or that of AVS in its place. */
function prism(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 8) return NO_IP;
  if (u16(bytes, start) === 0x8021) return avs(bytes, start, end);
  return ofWifi(bytes, start + length32(bytes, start + 4), end);
}

function perPacketInformation(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 8) return NO_IP;
  const little = (at: number) => u8(bytes, start + at) | u8(bytes, start + at + 1) << 8;
  const [header, inner] = [little(2), little(4)];
  if (inner === 192) return NO_IP;
  return isRecordedLinkType(inner)
    ? findRecordedIp(inner, bytes, start + header, end)
    : findIp(inner, bytes, start + header, end);
}

/** RFC 3032: labels of four bytes, the last one marked. */
function mpls(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; end - at >= 4; at += 4) {
    if ((u8(bytes, at + 2) & 1) === 1) return rawAfter(4)(bytes, at, end);
  }
  return NO_IP;
}

/** Linux's netfilter log: fields of a length, a type, a value; the ninth is the packet. */
function nflog(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start + 4; end - at >= 4;) {
    const length = u8(bytes, at) | u8(bytes, at + 1) << 8;
    if ((u8(bytes, at + 2) | u8(bytes, at + 3) << 8) === 9) {
      return rawAfter(4)(bytes, at, end);
    }
    if (length < 4) return NO_IP;
    at += length + 3 & ~3;
  }
  return NO_IP;
}
