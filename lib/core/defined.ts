/** Optional properties that are left out, rather than `undefined`. */

/** Those of some values that there are. */
export function defined<T extends object>(
  values: T,
): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const there = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as ReturnType<typeof defined<T>>;
}
