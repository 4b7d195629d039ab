/**
 * Many elements at once.
 *
 * @module
 */
import { MOST_ELEMENTS } from "../../core/firewall/element_text.ts";
import type { Nft } from "./nf_tables.ts";

/** Those that something holds for, and the others. */
export function partition<T>(all: readonly T[], holds: (one: T) => boolean): [T[], T[]] {
  return [all.filter(holds), all.filter((one) => !holds(one))];
}

/** Runs a text for each element, as many at a time as are good for the kernel. */
export function runAll(nft: Nft, texts: readonly string[]): void {
  for (let i = 0; i < texts.length; i += MOST_ELEMENTS) {
    nft.run(texts.slice(i, i + MOST_ELEMENTS).join(""));
  }
}
