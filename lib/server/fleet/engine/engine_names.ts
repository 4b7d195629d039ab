/**
 * The names of etcd's members. Asking the system what a name stands for holds one of the
 * runtime's few threads until a name server answers, a minute maybe, and can't be told to
 * stop; without a thread no packet is read and no command started. So of each name one
 * question is open at a time, and a member is asked more than one thing at once only after
 * it has answered.
 */

import { EngineError } from "./engine_error.ts";
import { unlessAborted } from "./engine_signals.ts";

/** Asks the system for the addresses of a name; rejects where there is none. */
export type Lookup = (name: string) => Promise<unknown>;

const HINT = "see that the name servers answer, or have addresses in fleet.endpoints";

/** Questions to the system. */
export class EngineNames {
  readonly #lookup: Lookup;
  readonly #open = new Map<string, Promise<unknown>>();

  constructor(lookup: Lookup = systemLookup) {
    this.#lookup = lookup;
  }

  /** Waits until an endpoint's name is known; throws an EngineError. */
  async known(endpoint: string, signal: AbortSignal): Promise<void> {
    const name = new URL(endpoint).hostname;
    const own = this.#open.get(name) ?? this.#ask(name);
    try {
      await unlessAborted(own, signal);
    } catch {
      const why = this.#open.has(name)
        ? "no name server says in time what its name stands for"
        : "its name is not known";
      throw new EngineError(`${endpoint}: ${why}`, true, false, HINT);
    }
  }

  #ask(name: string): Promise<unknown> {
    const own = this.#lookup(name).finally(() => this.#open.delete(name));
    this.#open.set(name, own);
    return own;
  }
}

/** Whether an endpoint has a name that must be looked up. */
export function hasName(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  return !/^[\d.]+$|^\[/.test(hostname);
}

async function systemLookup(name: string): Promise<unknown> {
  const { lookup } = await import("node:dns/promises");
  return await lookup(name);
}
