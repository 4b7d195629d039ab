/**
 * Which packets are addressed to whom: to this host, to the target of a door, or to
 * somebody else.
 *
 * @module
 */
import { type Address, addressToWords } from "../address.ts";
import { hashWords, sameWords } from "./words.ts";

/** Different targets that the doors of a config can have: what six bits can count. */
export const MAX_TARGETS = 63;

/**
 * Classifies destination addresses. A class has bit 0 set for an address of this host,
 * and above it the number of a target, from 1; 0 is somebody else's address.
 */
export class Destinations {
  readonly #targets: readonly Address[];
  readonly #classes = new Map<number, number>();
  #words = new Uint32Array(0);
  #values = new Uint8Array(0);
  #seed = 0;

  /** Knows the targets of doors, and no address of this host yet. */
  constructor(targets: readonly Address[]) {
    const texts = new Set<string>();
    this.#targets = targets.filter((target) =>
      !texts.has(target.text) && texts.add(target.text)
    );
    if (this.#targets.length > MAX_TARGETS) {
      throw new RangeError(`more than ${MAX_TARGETS} different targets`);
    }
    this.setHost([]);
  }

  /** Makes these, and no others, the addresses of this host. */
  setHost(addresses: readonly Address[]): void {
    const classes = new Map<string, { address: Address; value: number }>();
    for (const [index, address] of this.#targets.entries()) {
      classes.set(address.text, { address, value: (index + 1) << 1 });
    }
    for (const address of addresses) {
      const value = (classes.get(address.text)?.value ?? 0) | 1;
      classes.set(address.text, { address, value });
    }
    this.#index([...classes.values()]);
  }

  /** The number of a door's target, 0 for a door that has none. */
  targetNumber(target: Address | undefined): number {
    if (target === undefined) return 0;
    return this.#targets.findIndex(({ text }) => text === target.text) + 1;
  }

  /** The class of an address. */
  classOf(address: Uint32Array): number {
    const position = this.#classes.get(hashWords(address, this.#seed));
    if (position === undefined) return 0;
    return sameWords(this.#words, position * 4, address) ? this.#values[position]! : 0;
  }

  #index(entries: readonly { address: Address; value: number }[]): void {
    this.#words = new Uint32Array(entries.length * 4);
    this.#values = Uint8Array.from(entries, ({ value }) => value);
    entries.forEach(({ address }, i) => this.#words.set(addressToWords(address), i * 4));
    // One address a hash keeps the lookup to a single comparison: take the next seed
    // until there is no collision.
    do {
      this.#seed++;
      this.#classes.clear();
      for (let i = 0; i < entries.length; i++) {
        const words = this.#words.subarray(i * 4, i * 4 + 4);
        this.#classes.set(hashWords(words, this.#seed), i);
      }
    } while (this.#classes.size < entries.length);
  }
}

/** Whether a destination of this class counts for a door with that target number. */
export function isFor(destination: number, target: number): boolean {
  return target === 0 ? (destination & 1) === 1 : destination >>> 1 === target;
}
