/**
 * One-time sequences in a browser, by WebCrypto (docs/sequence-v1.md): the key never has to
 * leave the browser's own store.
 */

const HMAC = { name: "HMAC", hash: "SHA-256" };
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The bytes of Base32 (RFC 4648), in any case; `undefined` if it is none. */
export function base32(text) {
  const bytes = [];
  let bits = 0;
  let value = 0;
  for (const letter of text.toUpperCase().replaceAll(/[\s=]/g, "")) {
    const five = LETTERS.indexOf(letter);
    if (five < 0) return undefined;
    value = ((value << 5) | five) & 0xfff;
    bits += 5;
    if (bits >= 8) bytes.push((value >> (bits -= 8)) & 0xff);
  }
  return new Uint8Array(bytes);
}

/** The key that a door's codes come from; nobody can read it back. */
export async function derivationKey(secret, label) {
  const message = new TextEncoder().encode(`knock sequence v1\0${label}\0`);
  const master = await crypto.subtle.importKey("raw", secret, HMAC, false, ["sign"]);
  const bytes = await crypto.subtle.sign("HMAC", master, message);
  return await crypto.subtle.importKey("raw", bytes, HMAC, false, ["sign"]);
}

/** The ports of a counter, as `{ port, protocol }`. */
export async function sequenceOf(key, shape, counter) {
  const sequence = [];
  for (let i = 0; sequence.length < shape.length; i++) {
    if (i > 255) throw new RangeError("too few ports");
    const knock = knockOf(shape, await code(key, counter, i));
    if (sequence.every(({ port }) => port !== knock.port)) sequence.push(knock);
  }
  return sequence;
}

/** HOTP (RFC 4226) of counter * 256 + i, with eight digits. */
async function code(key, counter, i) {
  const message = new DataView(new ArrayBuffer(8));
  message.setUint32(0, Math.floor(counter / 2 ** 24));
  message.setUint32(4, (counter % 2 ** 24) * 256 + i);
  const mac = new DataView(await crypto.subtle.sign("HMAC", key, message));
  return (mac.getUint32(mac.getUint8(31) & 0xf) & 0x7fffffff) % 1e8;
}

function knockOf({ lo, hi, protocol }, value) {
  const ports = hi - lo + 1;
  if (protocol !== "mixed") return { port: lo + value % ports, protocol };
  const place = value % (2 * ports);
  return { port: lo + Math.floor(place / 2), protocol: place % 2 === 1 ? "udp" : "tcp" };
}
