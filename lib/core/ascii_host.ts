/**
 * Host names with other letters than those of ASCII, by the parser that every engine has,
 * the one of URLs.
 */

/** `bücher.example` as resolvers have it, `xn--bcher-kva.example`; any other text as it is. */
export function asciiHost(text: string): string {
  const isName = /^[\p{L}\p{M}\p{N}_.。．｡-]{1,253}$/u.test(text);
  if (!isName || /^[\w.-]*$/.test(text)) return text;
  try {
    return new URL(`http://${text}/`).hostname;
  } catch {
    return text;
  }
}
