/** Numbers of things, in words. */

/** `1 packet`, `2 packets`, `2 addresses`. */
export function plural(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun}${noun.endsWith("s") ? "es" : "s"}`;
}
