/** Tables of words, asked with what somebody typed. */

/** What a table has for a name; nothing for what every object has, as `constructor` and `toString`. */
export function ownEntry<T>(
  table: Readonly<Record<string, T>>,
  name: string,
): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
