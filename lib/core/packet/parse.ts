/** From the bytes of a captured packet to a {@linkcode Hit}. */

import type { Hit } from "../hit.ts";
import { u8 } from "./bytes.ts";
import { parseIpv4 } from "./ipv4.ts";
import { parseIpv6 } from "./ipv6.ts";
import { findIp, NO_IP } from "./link.ts";

export { isSupportedLinkType, LINK_TYPES, LinkType } from "./link.ts";

/**
 * Reads one captured packet into `hit`, all but its time. Allocates nothing and never
 * throws, whatever the bytes are.
 *
 * Checksums are not looked at: where the network card computes them, a capture sees
 * packets before it has.
 *
 * @param linkType number of the link type, as in pcap-linktype(7)
 * @param bytes a buffer that holds the packet
 * @param offset where in the buffer the packet begins
 * @param captured how many of its bytes are there; the snap length may have cut the rest
 * @returns false if the packet is no hit; what `hit` then holds means nothing
 */
export function parsePacket(
  linkType: number,
  bytes: Uint8Array,
  offset: number,
  captured: number,
  hit: Hit,
): boolean {
  const end = Math.min(offset + captured, bytes.length);
  const ip = findIp(linkType, bytes, offset, end);
  if (ip === NO_IP) return false;
  return u8(bytes, ip) >> 4 === 4
    ? parseIpv4(bytes, ip, end, hit)
    : parseIpv6(bytes, ip, end, hit);
}
