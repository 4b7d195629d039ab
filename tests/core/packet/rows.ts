/**
 * Tables of packets: is this one a hit, and why does the row exist?
 *
 * @module
 */
import assert from "node:assert/strict";
import { Hit } from "../../../lib/core/hit.ts";
import { parsePacket } from "../../../lib/core/packet/parse.ts";
import { type Tcp, tcp, type Udp, udp } from "../packets.ts";

/** Why the packet is there, the packet, and whether it is a hit. */
export type Row = [why: string, bytes: Uint8Array, hit: boolean];

/** The hit that a packet is, if it is one. */
export function parse(
  linkType: number,
  bytes: Uint8Array,
  captured = bytes.length,
): Hit | undefined {
  const hit = new Hit();
  return parsePacket(linkType, bytes, 0, captured, hit) ? hit : undefined;
}

/** Asserts every row. */
export function check(linkType: number, rows: Row[]): void {
  for (const [why, bytes, hit] of rows) {
    assert.equal(parse(linkType, bytes) !== undefined, hit, why);
  }
}

/** TCP over IPv4. */
export const t4 = (fields: Tcp = {}) => tcp(fields);
/** TCP over IPv6. */
export const t6 = (fields: Tcp = {}) => tcp({ src: "2001:db8::1", ...fields });
/** UDP over IPv4. */
export const u4 = (fields: Udp = {}) => udp(fields);
/** UDP over IPv6. */
export const u6 = (fields: Udp = {}) => udp({ src: "2001:db8::1", ...fields });
