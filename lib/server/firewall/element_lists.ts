/** Many elements at once. */

import { MOST_ELEMENTS } from "../../core/firewall/element_steps.ts";

/** Those that something holds for, and the others. */
export function partition<T>(all: readonly T[], holds: (one: T) => boolean): [T[], T[]] {
  return [all.filter(holds), all.filter((one) => !holds(one))];
}

/** As many at a time as are good for the kernel in one text. */
export function inTexts<T>(all: readonly T[]): T[][] {
  const texts: T[][] = [];
  for (let i = 0; i < all.length; i += MOST_ELEMENTS) {
    texts.push(all.slice(i, i + MOST_ELEMENTS));
  }
  return texts;
}
