/** HMAC-SHA-256 by WebCrypto, whose keys can be used without being known. */

/** A key that can be used and kept, and not be read. */
export async function unreadableKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  return await crypto.subtle.importKey("raw", bytes, hmac, false, ["sign"]);
}

/** The 32 bytes of a message. */
export async function macOf(
  key: CryptoKey,
  message: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
}

/** The key whose bytes are the MAC of a message. */
export async function derivedKey(
  secret: CryptoKey,
  message: Uint8Array<ArrayBuffer>,
): Promise<CryptoKey> {
  return await unreadableKey(await macOf(secret, message));
}
