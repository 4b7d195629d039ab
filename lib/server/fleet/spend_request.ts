/** Spending a counter in the engine, in one transaction. */

import type { EngineAnswer } from "./engine/engine.ts";
import { fromEngine, toEngine } from "./engine/engine_text.ts";
import type { EntrySeal } from "./entry_seal.ts";
import {
  counterDigits,
  formatSpent,
  parseSpent,
  type SpentEntry,
} from "./spent_entry.ts";

/** What became of a counter. */
export type SpendResult =
  /** It is this try's, which may have been tried more than once. */
  | { readonly kind: "spent" }
  /** It, or a later one, was spent before. */
  | { readonly kind: "used"; readonly by: SpentEntry }
  /** What the engine has is of no node of this fleet. */
  | { readonly kind: "garbled" };

/**
 * The transaction: put if what is there is lower, or if nothing is there; else tell what is.
 * A comparison with a value that is not there fails, hence the inner one.
 */
export function spendRequest(key: string, entry: SpentEntry, seal: EntrySeal): unknown {
  const at = toEngine(key);
  const put = { requestPut: { key: at, value: toEngine(formatSpent(entry, key, seal)) } };
  const lower = {
    key: at,
    target: "VALUE",
    result: "LESS",
    value: toEngine(counterDigits(entry.counter)),
  };
  const missing = { key: at, target: "CREATE", result: "EQUAL", createRevision: "0" };
  const inner = {
    compare: [missing],
    success: [put],
    failure: [{ requestRange: { key: at } }],
  };
  return { compare: [lower], success: [put], failure: [{ requestTxn: inner }] };
}

/** What the answer to the transaction means. */
export function spendResult(
  answer: EngineAnswer,
  key: string,
  { nonce }: SpentEntry,
  seal: EntrySeal,
): SpendResult {
  if (answer["succeeded"] === true) return { kind: "spent" };
  const inner = answer["responses"]?.[0]?.response_txn;
  if (inner?.succeeded === true) return { kind: "spent" };
  const value = fromEngine(inner?.responses?.[0]?.response_range?.kvs?.[0]?.value);
  const by = value === undefined ? undefined : parseSpent(value, key, seal);
  if (by === undefined) return { kind: "garbled" };
  return by.nonce === nonce ? { kind: "spent" } : { kind: "used", by };
}
