/**
 * Single packets: a shared secret and a counter become the payload of one datagram. The
 * format, with test vectors, is docs/packet-v1.md.
 */

import type { Address } from "../address.ts";
import { Secret } from "../secret.ts";
import { checkCounter, LABEL } from "./derive.ts";
import { hmacSha256 } from "./hotp.ts";

/** Bytes of a tag. */
export const TAG_BYTES = 8;
/** Bytes of a proof. */
const PROOF_BYTES = 16;
/** Bytes of a payload at least: a tag and a proof. */
export const LEAST_PAYLOAD: number = TAG_BYTES + PROOF_BYTES;
/** Bytes of a payload at most, padding included. */
export const MOST_PAYLOAD = 1200;

/** Stands for the source where a door asks for none. */
const ANYWHERE = new Uint8Array(16);

/** The key that a client's packets come from. It is as secret as the secret itself. */
export function packetKey(secret: Secret, label: string): Secret {
  return new Secret(hmacSha256(secret, packetKeyMessage(label)));
}

/** What the key of packets is the MAC of. */
export function packetKeyMessage(label: string): Uint8Array<ArrayBuffer> {
  if (!LABEL.test(label)) throw new RangeError(`${JSON.stringify(label)} is no label`);
  return new TextEncoder().encode(`knock packet v1\0${label}\0`);
}

/** What a counter's packet begins with: the server knows it by that. */
export function packetTag(key: Secret, counter: number): Uint8Array {
  return hmacSha256(key, tagMessage(counter)).subarray(0, TAG_BYTES);
}

/** What a tag is the MAC of. */
export function tagMessage(counter: number): Uint8Array<ArrayBuffer> {
  return message("tag\0", counter, []);
}

/** What follows the tag: that whoever sent it has the key, and sent it from this source. */
export function packetProof(key: Secret, counter: number, source?: Address): Uint8Array {
  return hmacSha256(key, proofMessage(counter, source?.bytes)).subarray(0, PROOF_BYTES);
}

/** What a proof is the MAC of; `source` is the 16 bytes that a bound door asks for. */
export function proofMessage(
  counter: number,
  source: Uint8Array = ANYWHERE,
): Uint8Array<ArrayBuffer> {
  return message("proof\0", counter, source);
}

/** The whole payload, without padding; `source` is for doors with `bind_source`. */
export function packetPayload(
  key: Secret,
  counter: number,
  source?: Address,
): Uint8Array {
  return payloadOf(packetTag(key, counter), packetProof(key, counter, source));
}

/** A payload of a tag and a proof, or of the MACs that they are the beginnings of. */
export function payloadOf(tag: Uint8Array, proof: Uint8Array): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(LEAST_PAYLOAD);
  payload.set(tag.subarray(0, TAG_BYTES));
  payload.set(proof.subarray(0, PROOF_BYTES), TAG_BYTES);
  return payload;
}

/** Whether bytes are the same, in a time that does not tell where they differ. */
export function isAt(expected: Uint8Array, bytes: Uint8Array, at: number): boolean {
  // What is not there would count as zeros.
  if (at < 0 || at + expected.length > bytes.length) return false;
  let different = 0;
  for (let i = 0; i < expected.length; i++) different |= expected[i]! ^ bytes[at + i]!;
  return different === 0;
}

/** A word, the counter's eight bytes, the highest first, and more bytes. */
function message(
  word: string,
  counter: number,
  more: Iterable<number>,
): Uint8Array<ArrayBuffer> {
  checkCounter(counter);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(counter));
  return Uint8Array.from([...new TextEncoder().encode(word), ...bytes, ...more]);
}
