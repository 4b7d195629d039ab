/** TCP (RFC 9293) and UDP (RFC 768) headers. */

import { type Hit, TCP, UDP } from "../hit.ts";
import { u16, u32, u8 } from "./bytes.ts";

/** The payload length of an IP packet that does not tell. */
export const UNKNOWN_LENGTH = 0xffffff;

const TCP_HEADER = 20;
const UDP_HEADER = 8;

/**
 * Fills the ports, the protocol, and what either protocol has besides, of `hit`.
 *
 * @param payload what the IP header says that there is from `at` on
 * @param whole whether that is all of the datagram and not its first fragment
 * @param end where the captured bytes end, which the snap length may have cut
 */
export function parseTransport(
  protocol: number,
  bytes: Uint8Array,
  at: number,
  end: number,
  payload: number,
  whole: boolean,
  hit: Hit,
): boolean {
  if (protocol === TCP) return parseTcp(bytes, at, end, payload, hit);
  if (protocol === UDP) return parseUdp(bytes, at, end, payload, whole, hit);
  return false;
}

function parseTcp(
  bytes: Uint8Array,
  at: number,
  end: number,
  payload: number,
  hit: Hit,
): boolean {
  if (end - at < TCP_HEADER) return false;
  const header = (u8(bytes, at + 12) >> 4) * 4;
  if (header < TCP_HEADER || header > payload) return false;
  hit.protocol = TCP;
  hit.flags = u8(bytes, at + 13);
  hit.tcpSequence = u32(bytes, at + 4);
  hit.payloadLength = 0;
  hit.length = 0;
  hit.checksum = 0;
  return fillPorts(bytes, at, hit);
}

/**
 * A length of 0 is for jumbograms alone (RFC 2675, 4), of which none is a knock, so that
 * every length below the header's own is a lie.
 */
function parseUdp(
  bytes: Uint8Array,
  at: number,
  end: number,
  payload: number,
  whole: boolean,
  hit: Hit,
): boolean {
  if (end - at < UDP_HEADER || payload < UDP_HEADER) return false;
  const length = u16(bytes, at + 4);
  if (length < UDP_HEADER || (whole && length > payload)) return false;
  hit.protocol = UDP;
  hit.flags = 0;
  hit.tcpSequence = 0;
  hit.payload = at + UDP_HEADER;
  hit.payloadLength = whole ? Math.min(length, end - at) - UDP_HEADER : 0;
  hit.length = length;
  hit.checksum = u16(bytes, at + 6);
  return fillPorts(bytes, at, hit);
}

function fillPorts(bytes: Uint8Array, at: number, hit: Hit): boolean {
  hit.sourcePort = u16(bytes, at);
  hit.port = u16(bytes, at + 2);
  return hit.port !== 0;
}
