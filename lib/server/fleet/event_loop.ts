/** Letting whatever else waits have its turn: packets above all. */

/** So many are done with in a few milliseconds, a commit of the journal's included. */
export const SLICE = 64;

/** Settles when what has waited in the event loop until now is done. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Does something with a few at a time; what else waits has its turn in between. */
export async function inSlices<T>(
  all: readonly T[],
  act: (some: readonly T[]) => void,
): Promise<void> {
  for (let i = 0; i < all.length; i += SLICE) {
    act(all.slice(i, i + SLICE));
    await yieldToEventLoop();
  }
}
