/** What a library lacks that was opened and is not what we need. */

/**
 * The function that a library does not have, by what `Deno.dlopen` threw; `undefined` where
 * the library itself could not be opened.
 */
export function missingSymbol(error: Error): string | undefined {
  return /^Failed to register symbol (\w+)/.exec(error.message)?.[1];
}
