/** Failing as an answer. */

/** What something gives, or `undefined` where it throws, whatever it throws. */
export function orUndefined<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
