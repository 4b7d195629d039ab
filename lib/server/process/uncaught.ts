/** What nobody caught does not end the daemon. */

/** Hands everything to `met` that would end the program, until it is disposed. */
export function catchEverything(met: (error: unknown) => void): Disposable {
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    met(event.reason);
  };
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    met(event.error);
  };
  addEventListener("unhandledrejection", onRejection);
  addEventListener("error", onError);
  return {
    [Symbol.dispose]() {
      removeEventListener("unhandledrejection", onRejection);
      removeEventListener("error", onError);
    },
  };
}
