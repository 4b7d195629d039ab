/** Spends counters in the engine, a few at a time. */

import { Failure } from "../../core/failure.ts";
import type { Series } from "../journal/series.ts";
import type { Engine } from "./engine/engine.ts";
import type { EntryKeys } from "./entry_keys.ts";
import type { EntrySeal } from "./entry_seal.ts";
import { spendRequest, spendResult } from "./spend_request.ts";
import type { SpentEntry } from "./spent_entry.ts";

/** Spends that wait for the engine, at most. */
const MOST_IN_FLIGHT = 64;
/** With less time left, in milliseconds, no answer could come, and none is asked for. */
const LEAST_MS = 100;

/** What became of a counter. */
export type SpendAnswer =
  /** It is ours; `noted` is called when the journal has it, or nobody wants it. */
  | { readonly kind: "spent"; readonly noted: () => void }
  | { readonly kind: "used"; readonly by: SpentEntry }
  | { readonly kind: "garbled" }
  /** The engine did not say: it may be spent, or not. */
  | { readonly kind: "unknown"; readonly why: string };

export interface SpenderOptions {
  readonly engine: Pick<Engine, "call">;
  readonly keys: EntryKeys;
  readonly seal: EntrySeal;
  readonly node: string;
  /** Milliseconds that one may take. */
  readonly timeout: number;
}

export class Spender {
  readonly #options: SpenderOptions;
  /** Whose each is, by its series. */
  readonly #nonces = new Map<string, string>();
  /** The latest of each series: a higher counter that came first would make this one used. */
  readonly #latest = new Map<string, Promise<SpendAnswer>>();
  #inFlight = 0;

  constructor(options: SpenderOptions) {
    this.#options = options;
  }

  /** Whether an entry is that of a spend whose knock is still to be dealt with. */
  isOwn({ nonce }: SpentEntry): boolean {
    return this.#nonces.has(nonce);
  }

  /** Whether a knock of a series is still to be dealt with. */
  isSpending({ id }: Pick<Series, "id">): boolean {
    return this.#nonces.values().some((series) => series === id);
  }

  /**
   * Spends a counter, and all below it, for a knock: after the knocks of its series that
   * wait for the engine already.
   */
  async spend(series: Pick<Series, "id">, counter: number): Promise<SpendAnswer> {
    const before = this.#latest.get(series.id)?.catch(() => {});
    const own = this.#spendAfter(before, series, counter);
    this.#latest.set(series.id, own);
    try {
      return await own;
    } finally {
      if (this.#latest.get(series.id) === own) this.#latest.delete(series.id);
    }
  }

  /** Tells the engine of a counter that is spent already: no knock waits, so no order. */
  tell(series: Pick<Series, "id">, counter: number): Promise<SpendAnswer> {
    return this.#spendAfter(undefined, series, counter);
  }

  async #spendAfter(
    before: Promise<unknown> | undefined,
    series: Pick<Series, "id">,
    counter: number,
  ): Promise<SpendAnswer> {
    if (this.#inFlight >= MOST_IN_FLIGHT) {
      return { kind: "unknown", why: `${MOST_IN_FLIGHT} knocks wait for it already` };
    }
    const nonce = crypto.getRandomValues(new Uint8Array(16)).toHex();
    const entry = { counter, node: this.#options.node, nonce };
    const end = performance.now() + this.#options.timeout;
    this.#inFlight++;
    this.#nonces.set(nonce, series.id);
    let answer: SpendAnswer | undefined;
    try {
      await before;
      return answer = await this.#ask(series, entry, end);
    } finally {
      this.#inFlight--;
      if (answer?.kind !== "spent") this.#nonces.delete(nonce);
    }
  }

  async #ask(
    series: Pick<Series, "id">,
    entry: SpentEntry,
    end: number,
  ): Promise<SpendAnswer> {
    const { engine, keys, seal } = this.#options;
    const left = end - performance.now();
    if (left < LEAST_MS) {
      return {
        kind: "unknown",
        why: "an earlier knock of this client had to wait for it",
      };
    }
    const key = keys.spent(series.id);
    try {
      const request = spendRequest(key, entry, seal);
      const answer = await engine.call("kv/txn", request, left);
      const result = spendResult(answer, key, entry, seal);
      if (result.kind !== "spent") return result;
      return { kind: "spent", noted: () => void this.#nonces.delete(entry.nonce) };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { kind: "unknown", why: error.message };
    }
  }
}
