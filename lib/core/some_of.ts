/** Lists that may be longer than anybody reads. */

const MOST = 16;

/** The first names of many, and how many more there are. */
export function someOf(names: readonly string[], most: number = MOST): string {
  const more = names.length - most;
  return names.slice(0, most).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
