/** A moment for whatever else waits: packets above all. */

/** Settles when what has waited until now had its turn. */
export function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
