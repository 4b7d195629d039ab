/** Interfaces that have several names. */

/**
 * Whether two names are of one interface: a label of an address (eth0:1) and a second name
 * (altname) have the number that it has. `index` gives the number, 0 where there is none.
 */
export function isSameInterface(
  one: string,
  other: string,
  index: (name: string) => number,
): boolean {
  if (one === other) return true;
  const number = index(one);
  return number > 0 && index(other) === number;
}
