/** Errors that wrap others. */

/** What an error is about: the runtime's "fetch failed" says why by its cause alone. */
export function innermostCause(error: unknown): Error {
  let found = error instanceof Error ? error : new Error(`${error}`);
  while (found.cause instanceof Error) found = found.cause;
  return found;
}
