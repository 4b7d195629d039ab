/**
 * HalfSipHash-2-4: a hash made so that nobody without the key can choose addresses that
 * fall together (Aumasson and Bernstein, SipHash, 2012; the 32-bit variant of their
 * reference code).
 */

/**
 * The hash of the words of an address from index `from` on, as a signed 32-bit number.
 *
 * @param words 32-bit words, taken as little-endian bytes
 * @param key two words of a secret, its full size
 */
export function halfSipHash(words: Uint32Array, from: number, key: Uint32Array): number {
  const end = words.length;
  let v0 = key[0]! | 0;
  let v1 = key[1]! | 0;
  let v2 = 0x6c796765 ^ v0;
  let v3 = 0x74656462 ^ v1;
  for (let i = from; i <= end + 1; i++) {
    // After the words comes one of their length in bytes, then the finalization.
    const word = i < end ? words[i]! | 0 : i === end ? (end - from) << 26 : 0;
    if (i > end) v2 ^= 0xff;
    v3 ^= word;
    for (let round = i > end ? 4 : 2; round > 0; round--) {
      v0 = (v0 + v1) | 0;
      v1 = (v1 << 5 | v1 >>> 27) ^ v0;
      v0 = v0 << 16 | v0 >>> 16;
      v2 = (v2 + v3) | 0;
      v3 = (v3 << 8 | v3 >>> 24) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = (v3 << 7 | v3 >>> 25) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = (v1 << 13 | v1 >>> 19) ^ v2;
      v2 = v2 << 16 | v2 >>> 16;
    }
    v0 ^= word;
  }
  return v1 ^ v3;
}
