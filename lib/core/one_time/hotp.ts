/**
 * HOTP values (RFC 4226) with HMAC-SHA-256 and eight digits, the raw material of ports.
 */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Secret } from "../secret.ts";

/** HMAC-SHA-256 of a message. */
export function hmacSha256(key: Secret, message: Uint8Array): Uint8Array {
  return hmac(sha256, key.reveal(), message);
}

/**
 * A function from `i`, 0 to 255, to the HOTP value of `counter * 256 + i`. HMAC's two key
 * blocks are hashed once for all of them, which halves what a value costs.
 */
export function hotpCodes(key: Secret, counter: number): (i: number) => number {
  const keyed = hmac.create(sha256, key.reveal());
  return (i) => codeOf(keyed.clone().update(codeMessage(counter, i)).digest());
}

/**
 * The eight bytes of `counter * 256 + i`: a number holds the product exactly only up to
 * 2^53, and counters go up to 2^48.
 */
export function codeMessage(counter: number, i: number): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(8);
  const view = new DataView(message.buffer);
  view.setUint32(0, Math.floor(counter / 2 ** 24));
  view.setUint32(4, (counter % 2 ** 24) * 256 + i);
  return message;
}

/** The eight digits that a MAC stands for (RFC 4226, 5.3). */
export function codeOf(mac: Uint8Array): number {
  const at = mac[mac.length - 1]! & 0xf;
  const view = new DataView(mac.buffer, mac.byteOffset, mac.length);
  return (view.getUint32(at) & 0x7fffffff) % 1e8;
}
