/** How long is waited for the engine. */

/** One that lives as long as these do; AbortSignal.any's may be forgotten before. */
export function eitherOf(...signals: readonly AbortSignal[]): AbortSignal {
  const either = new AbortController();
  const options = { once: true, signal: either.signal };
  for (const signal of signals) {
    if (signal.aborted) either.abort(signal.reason);
    signal.addEventListener("abort", () => either.abort(signal.reason), options);
  }
  return either.signal;
}

/** What many wait for, as long as this one does. */
export async function unlessAborted<T>(all: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = Promise.withResolvers<never>();
  const end = () => over.reject(signal.reason);
  signal.addEventListener("abort", end);
  try {
    signal.throwIfAborted();
    return await Promise.race([all, over.promise]);
  } finally {
    signal.removeEventListener("abort", end);
    all.catch(() => {});
  }
}
