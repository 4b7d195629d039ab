/** Letting whatever else waits have its turn: packets above all. */

/** Settles when what has waited in the event loop until now is done. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
