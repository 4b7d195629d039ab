/**
 * What shows that an entry was written by a node that has the fleet's secret, and for the
 * very place where it is found.
 */

import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { hmacSha256 } from "../../core/one_time/hotp.ts";
import { Secret } from "../../core/secret.ts";

const INFO = new TextEncoder().encode("knockd fleet v1 mac");
const KEY_BYTES = 32;

/** Seals entries, and tells which seals hold. */
export class EntrySeal {
  readonly #key: Secret;

  /** By the fleet's secret. */
  constructor(secret: Secret) {
    this.#key = new Secret(hkdf(sha256, secret.reveal(), undefined, INFO, KEY_BYTES));
  }

  /** The seal of a value at a key: 43 characters. */
  of(key: string, value: string): string {
    const message = new TextEncoder().encode(`${key}\0${value}`);
    const mac = hmacSha256(this.#key, message);
    return mac.toBase64({ alphabet: "base64url", omitPadding: true });
  }

  /** Whether a seal is that of a value at a key; takes as long whatever is wrong. */
  holds(key: string, value: string, seal: string): boolean {
    const right = this.of(key, value);
    let difference = right.length ^ seal.length;
    for (let i = 0; i < right.length; i++) {
      difference |= right.charCodeAt(i) ^ seal.charCodeAt(i);
    }
    return difference === 0;
  }
}
