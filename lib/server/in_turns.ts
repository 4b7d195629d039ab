/** Something that is done one at a time. */

/**
 * Makes one that waits its turn of something. Who asks while another waits for its turn is
 * served together with that one, so that no queue forms.
 */
export function inTurns(act: () => Promise<void>): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    next ??= last.then(() => {
      next = undefined;
      return act();
    });
    last = next.catch(() => {});
    return next;
  };
}
