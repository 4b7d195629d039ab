/**
 * Which packets are addressed to whom: to this host, to the target of a door, or to
 * somebody else.
 */

import type { Address } from "../address.ts";
import { addressToWords } from "../address_words.ts";
import { hashWords, sameWords } from "./words.ts";

/** Different targets that the doors of a config can have: what six bits can count. */
export const MAX_TARGETS = 63;

/**
 * Classifies destination addresses. A class has bit 0 set for an address of this host,
 * and above it the number of a target, from 1; 0 is somebody else's address.
 */
export class Destinations {
  /** Each once. */
  readonly #targets: readonly Address[];
  #words = new Uint32Array(0);
  #values = new Uint8Array(0);
  /** What was asked for last: nearly every packet is to the same address as the one before. */
  readonly #address = new Uint32Array(4);
  #class = 0;
  #hash = 0;

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

  /** For each class that there was before, the class of the same address. */
  classesAfter(before: Destinations): number[] {
    return Array.from({ length: 2 * (MAX_TARGETS + 1) }, (_, value) => {
      const target = before.#targets[(value >>> 1) - 1];
      return (this.targetNumber(target) << 1) | (value & 1);
    });
  }

  /** The class of an address. */
  classOf(address: Uint32Array): number {
    if (!sameWords(this.#address, 0, address)) this.#ask(address);
    return this.#class;
  }

  /** A hash of the address that was asked for last. */
  get hash(): number {
    return this.#hash;
  }

  #ask(address: Uint32Array): void {
    this.#address.set(address);
    this.#hash = hashWords(address);
    this.#class = this.#values[this.#find(address)]!;
  }

  #index(entries: readonly { address: Address; value: number }[]): void {
    // Half empty at least, so that a search always meets an empty slot soon.
    const slots = 1 << Math.ceil(Math.log2(2 * entries.length + 2));
    this.#words = new Uint32Array(slots * 4);
    this.#values = new Uint8Array(slots);
    for (const { address, value } of entries) {
      const words = addressToWords(address);
      const slot = this.#find(words);
      this.#words.set(words, slot * 4);
      this.#values[slot] = value;
    }
    this.#ask(this.#address);
  }

  /** The slot of an address, or the empty one where it would go. */
  #find(address: Uint32Array): number {
    const last = this.#values.length - 1;
    let slot = hashWords(address) & last;
    while (this.#values[slot] !== 0 && !sameWords(this.#words, slot * 4, address)) {
      slot = (slot + 1) & last;
    }
    return slot;
  }
}

/** Whether a destination of this class counts for a door with that target number. */
export function isFor(destination: number, target: number): boolean {
  return target === 0 ? (destination & 1) === 1 : destination >>> 1 === target;
}
