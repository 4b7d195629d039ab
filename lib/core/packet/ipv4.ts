/** IPv4 headers (RFC 791). */

import type { Hit } from "../hit.ts";
import { u16, u32, u8 } from "./bytes.ts";
import { parseTransport, UNKNOWN_LENGTH } from "./transport.ts";

const MIN_HEADER = 20;
const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET = 0x1fff;
const BROADCAST = 0xffffffff;

/** Fills `hit` from the IPv4 packet at `at`; false if it is no hit. */
export function parseIpv4(bytes: Uint8Array, at: number, end: number, hit: Hit): boolean {
  if (end - at < MIN_HEADER) return false;
  const header = (u8(bytes, at) & 0x0f) * 4;
  if (header < MIN_HEADER) return false;
  const payload = payloadLength(u16(bytes, at + 2), header);

  const fragment = u16(bytes, at + 6);
  if ((fragment & FRAGMENT_OFFSET) !== 0) return false;
  const whole = (fragment & MORE_FRAGMENTS) === 0;

  const source = u32(bytes, at + 12);
  if (!isHost(source)) return false;
  setMapped(hit.source, source);
  setMapped(hit.destination, u32(bytes, at + 16));
  hit.identification = u16(bytes, at + 4);
  const protocol = u8(bytes, at + 9);
  return parseTransport(protocol, bytes, at + header, end, payload, whole, hit);
}

/** Total length 0 is how offloaded, oversized packets reach a capture; lies go below 0. */
function payloadLength(total: number, header: number): number {
  return total === 0 ? UNKNOWN_LENGTH : total - header;
}

/** Nothing could be opened for an unspecified, multicast or broadcast source. */
function isHost(source: number): boolean {
  return source !== 0 && source !== BROADCAST && source >>> 28 !== 0xe;
}

function setMapped(words: Uint32Array, address: number): void {
  words[0] = 0;
  words[1] = 0;
  words[2] = 0xffff;
  words[3] = address;
}
