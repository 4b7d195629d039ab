/**
 * A filter of keys: says of most that are not known that they are not, and of none that is
 * (Bloom, Space/time trade-offs in hash coding with allowable errors, 1970). Two bits of
 * one word stand for each key: it costs one look, at what fits into a processor's cache.
 * How many keys each bit stands for is looked at only when one comes or goes.
 */

/** Words of 32 bits: among 50,000 keys 1 of 80 that are not known may be. */
const WORDS = 1 << 15;

/** Random keys of 30 bits that come and go, each once. */
export class KeyFilter {
  readonly #words = new Int32Array(WORDS);
  /** Nothing before the first key: most daemons have none. */
  #counts = new Uint8Array(0);

  /** Knows a key from now on. */
  add(key: number): void {
    if (this.#counts.length === 0) this.#counts = new Uint8Array(WORDS * 32);
    this.#count(key, 1);
  }

  /** Forgets a key that it knows. */
  remove(key: number): void {
    this.#count(key, -1);
  }

  /** Whether a key may be known. */
  mayHave(key: number): boolean {
    const bits = bitsOf(key);
    return (this.#words[key & WORDS - 1]! & bits) === bits;
  }

  #count(key: number, change: number): void {
    const at = key & WORDS - 1;
    for (let bits = bitsOf(key); bits !== 0; bits &= bits - 1) {
      const bit = 31 - Math.clz32(bits & -bits);
      this.#counts[at << 5 | bit]! += change;
      if (this.#counts[at << 5 | bit] === 0) this.#words[at]! &= ~(1 << bit);
      else this.#words[at]! |= 1 << bit;
    }
  }
}

/** Two bits of a word, or one. */
function bitsOf(key: number): number {
  return 1 << (key >>> 15) | 1 << (key >>> 20);
}
