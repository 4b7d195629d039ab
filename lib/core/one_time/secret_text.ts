/** Secrets as text: RFC 4648 Base32 without padding. */

import { Secret as Base32 } from "otpauth/bare";
import { Secret } from "../secret.ts";

/** Bytes in a secret at least: RFC 4226, section 4, R6. */
const MIN_SECRET_BYTES = 16;
/** Bytes in a secret at most: the block of SHA-256, beyond which HMAC gains nothing. */
const MAX_SECRET_BYTES = 64;

const MAX_CHARACTERS = Math.ceil(MAX_SECRET_BYTES * 8 / 5);

/**
 * Reads a secret; case, white space and padding do not matter. A string says what is
 * wrong, and never shows any of the text.
 */
export function parseSecret(text: string): Secret | string {
  const compact = withoutPadding(text.replace(/[ \t\r\n]+/g, ""));
  if (compact === "") return "the secret is empty";
  const stranger = compact.search(/[^A-Za-z2-7]/);
  if (stranger >= 0) {
    return `character ${stranger + 1} of the secret is not Base32 (A to Z, 2 to 7)`;
  }
  const size = Math.floor(compact.length * 5 / 8);
  if (size < MIN_SECRET_BYTES) {
    return `the secret has ${size} bytes; at least ${MIN_SECRET_BYTES} are needed`;
  }
  if (compact.length > MAX_CHARACTERS) {
    return `the secret is longer than ${MAX_SECRET_BYTES} bytes`;
  }
  const secret = new Secret(Base32.fromBase32(compact).bytes);
  // A cut or doubled character mostly leaves bits that no encoder writes.
  if (formatSecret(secret) !== compact.toUpperCase()) {
    return "the end of the secret is not Base32: a character is missing or too many";
  }
  return secret;
}

/** By no expression: it would begin again at each sign of a row. */
function withoutPadding(text: string): string {
  let end = text.length;
  while (text.endsWith("=", end)) end--;
  return text.slice(0, end);
}

/** The Base32 text that {@linkcode parseSecret} reads back. */
export function formatSecret(secret: Secret): string {
  return new Base32({ buffer: secret.reveal().buffer as ArrayBuffer }).base32;
}
