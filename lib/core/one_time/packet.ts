/**
 * Single packets: a shared secret and a counter become the payload of one datagram. The
 * format, with test vectors, is docs/packet-v1.md.
 *
 * @module
 */
import type { Address } from "../address.ts";
import { Secret } from "../secret.ts";
import { isLabel, MAX_COUNTER } from "./derive.ts";
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
  if (!isLabel(label)) throw new RangeError(`${JSON.stringify(label)} is no label`);
  return new Secret(hmacSha256(secret, encoded(`knock packet v1\0${label}\0`)));
}

/** What a counter's packet begins with: the server knows it by that. */
export function packetTag(key: Secret, counter: number): Uint8Array {
  const message = [...encoded("tag\0"), ...counterBytes(counter)];
  return hmacSha256(key, Uint8Array.from(message)).subarray(0, TAG_BYTES);
}

/** What follows the tag: that whoever sent it has the key, and sent it from this source. */
export function packetProof(key: Secret, counter: number, source?: Address): Uint8Array {
  const message = [
    ...encoded("proof\0"),
    ...counterBytes(counter),
    ...source?.bytes ?? ANYWHERE,
  ];
  return hmacSha256(key, Uint8Array.from(message)).subarray(0, PROOF_BYTES);
}

/** The whole payload, without padding; `source` is for doors with `bind_source`. */
export function packetPayload(
  key: Secret,
  counter: number,
  source?: Address,
): Uint8Array {
  const payload = new Uint8Array(LEAST_PAYLOAD);
  payload.set(packetTag(key, counter));
  payload.set(packetProof(key, counter, source), TAG_BYTES);
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

/** Eight bytes, the highest first. */
function counterBytes(counter: number): Uint8Array {
  if (!Number.isInteger(counter) || counter < 0 || counter > MAX_COUNTER) {
    throw new RangeError(`counter ${counter} is not 0 to ${MAX_COUNTER}`);
  }
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(counter));
  return bytes;
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
