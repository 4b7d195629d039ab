/**
 * Connections to a listener: so many at once, each served by itself and none in the way of
 * another.
 */

import { hangUp } from "./json_line.ts";

/** Pause after a failed accept: the process may be out of file descriptors. */
const ACCEPT_RETRY_MS = 100;

/** How they are served, and how many at once. */
export interface ConnectionRules {
  readonly most: number;
  /** Serves one; what it throws is that client's own trouble. */
  readonly serve: (connection: Deno.Conn) => Promise<void>;
  /** Tells one that there are too many. */
  readonly refuse?: (connection: Deno.Conn) => Promise<void>;
  /** Told why nobody can be let in, each time that it is tried. */
  readonly onFault?: (error: unknown) => void;
}

/** Serves whoever connects, however badly they behave. */
export class Connections implements AsyncDisposable {
  readonly #listener: Deno.Listener;
  readonly #rules: ConnectionRules;
  readonly #open = new Set<Deno.Conn>();
  readonly #accepting: Promise<void>;
  #closed = false;

  constructor(listener: Deno.Listener, rules: ConnectionRules) {
    this.#listener = listener;
    this.#rules = rules;
    this.#accepting = this.#acceptAll();
  }

  /** Hangs up on everybody; settles when the last accept has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#listener.close();
      this.#open.forEach(hangUp);
    }
    await this.#accepting;
  }

  async #acceptAll(): Promise<void> {
    while (!this.#closed) {
      try {
        void this.#serve(await this.#listener.accept());
      } catch (error) {
        if (this.#closed) return;
        this.#rules.onFault?.(error);
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_RETRY_MS));
      }
    }
  }

  async #serve(connection: Deno.Conn): Promise<void> {
    const { most, serve, refuse } = this.#rules;
    const isRefused = this.#open.size >= most;
    if (!isRefused) this.#open.add(connection);
    try {
      await (isRefused ? refuse : serve)?.(connection);
    } catch {
      // Nobody is left to be told.
    } finally {
      hangUp(connection);
      this.#open.delete(connection);
    }
  }
}
