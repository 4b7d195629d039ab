/**
 * HOTP values (RFC 4226) with HMAC-SHA-256 and eight digits, the raw material of ports.
 *
 * @module
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { HOTP, Secret as OtpSecret } from "otpauth/bare";
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
  const bytes = key.reveal();
  const keyed = hmac.create(sha256, bytes);
  const secret = new OtpSecret({ buffer: bytes.buffer as ArrayBuffer });
  return (i) => {
    const code = HOTP.generate({
      secret,
      algorithm: "SHA256",
      digits: 8,
      counter,
      hmac: (_algorithm, _key, message) =>
        keyed.clone().update(shifted(message, i)).digest(),
    });
    return Number(code);
  };
}

/**
 * The eight bytes of `counter * 256 + i`, given those of `counter`: a number holds the
 * product exactly only up to 2^53, and counters go up to 2^48.
 */
function shifted(counter: Uint8Array, i: number): Uint8Array {
  const message = new Uint8Array(8);
  message.set(counter.subarray(1));
  message[7] = i;
  return message;
}
