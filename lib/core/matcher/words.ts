/** Addresses as four 32-bit words, the form in which a flood of them is compared. */

/** Whether the address at `offset` in `table` is the one in `address`. */
export function sameWords(
  table: Uint32Array,
  offset: number,
  address: Uint32Array,
): boolean {
  return table[offset + 3] === address[3] && table[offset + 2] === address[2] &&
    table[offset + 1] === address[1] && table[offset] === address[0];
}

/**
 * A 30-bit hash of an address, by the mixing steps of MurmurHash3. Whoever likes can choose
 * addresses that fall together: it is for tables that strangers put nothing into.
 */
export function hashWords(address: Uint32Array): number {
  let hash = 0;
  for (let i = 0; i < 4; i++) hash = mix(hash, address[i]!);
  return finish(hash);
}

/** Adds a word to a hash. */
export function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  hash ^= Math.imul(k, 0x1b873593);
  hash = (hash << 13) | (hash >>> 19);
  return (Math.imul(hash, 5) + 0xe6546b64) | 0;
}

/**
 * Spreads a hash over 30 bits: an integer that the engine passes around without
 * allocating a number for it.
 */
export function finish(hash: number): number {
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 2;
}
