/** IPv6 headers and extension headers (RFC 8200, RFC 4302). */

import { isIpv4 } from "../address_words.ts";
import type { Hit } from "../hit.ts";
import { u16, u32, u8 } from "./bytes.ts";
import { parseTransport } from "./transport.ts";

const HEADER = 40;
const MAX_EXTENSIONS = 8;

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION = 60;

/**
 * Fills `hit` from the IPv6 packet at `at`; false if it is no hit. A payload length of 0
 * means a jumbogram (RFC 2675), which no knock is.
 */
export function parseIpv6(bytes: Uint8Array, at: number, end: number, hit: Hit): boolean {
  if (end - at < HEADER) return false;
  fillAddress(hit.source, bytes, at + 8);
  fillAddress(hit.destination, bytes, at + 24);
  if (!isHost(hit.source)) return false;
  // On the wire such an address is forged, and would pass for the IPv4 host it names.
  if (isIpv4(hit.source) || isIpv4(hit.destination)) return false;

  hit.identification = 0;

  let payload = u16(bytes, at + 4);
  let next = u8(bytes, at + 6);
  let whole = true;
  at += HEADER;
  for (let count = 0; isExtension(next); count++) {
    if (count === MAX_EXTENSIONS || end - at < 8) return false;
    if (next === HOP_BY_HOP && count > 0) return false;
    if (next === FRAGMENT) {
      const fragment = u16(bytes, at + 2);
      if (fragment >> 3 !== 0) return false;
      if ((fragment & 1) !== 0) whole = false;
    }
    const length = extensionLength(next, u8(bytes, at + 1));
    next = u8(bytes, at);
    at += length;
    payload -= length;
  }
  return parseTransport(next, bytes, at, end, payload, whole, hit);
}

function isExtension(next: number): boolean {
  return next === HOP_BY_HOP || next === ROUTING || next === FRAGMENT ||
    next === AUTHENTICATION || next === DESTINATION;
}

function extensionLength(header: number, length: number): number {
  if (header === FRAGMENT) return 8;
  return header === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8;
}

function fillAddress(words: Uint32Array, bytes: Uint8Array, at: number): void {
  words[0] = u32(bytes, at);
  words[1] = u32(bytes, at + 4);
  words[2] = u32(bytes, at + 8);
  words[3] = u32(bytes, at + 12);
}

/** Nothing could be opened for an unspecified or multicast source. */
function isHost(words: Uint32Array): boolean {
  if (words[0]! >>> 24 === 0xff) return false;
  return (words[0]! | words[1]! | words[2]! | words[3]!) !== 0;
}
