/** A browser that is told what to do, by whatever protocol it speaks. */

/** One window of a browser. */
export interface Driven {
  /** Opens an address, and waits until the page is there. */
  open(url: string): Promise<void>;
  /** Runs a function's body in the page; gives what it returns. */
  run(body: string): Promise<unknown>;
  /** Ends it; its files are let alone from then on. */
  end(): Promise<unknown>;
}

/** Calls until it succeeds: a program that was just started listens a little later. */
export async function soon<T>(call: () => Promise<T>): Promise<T> {
  for (let left = 300;; left--) {
    try {
      return await call();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
