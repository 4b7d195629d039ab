/**
 * What is spent of a series, as text that the engine itself can compare: the counter comes
 * first, with zeros before it, so that a text is less than a counter's digits if and only if
 * its own counter is lower.
 */

import { MAX_COUNTER } from "../../core/one_time/derive.ts";
import type { EntrySeal } from "./entry_seal.ts";

const DIGITS = 16;
const TEXT = /^((\d{16}) ([A-Za-z0-9._-]{1,64}) ([0-9a-f]{32})) ([A-Za-z0-9_-]{43})$/;

/** A counter that a node has spent; all below it are spent, too. */
export interface SpentEntry {
  readonly counter: number;
  readonly node: string;
  /** Tells this try to spend it from all others: 32 hexadecimal digits. */
  readonly nonce: string;
}

/** What every text of this counter, or a higher one, is not less than. */
export function counterDigits(counter: number): string {
  return `${counter}`.padStart(DIGITS, "0");
}

/** The text of an entry at a key. */
export function formatSpent(entry: SpentEntry, key: string, seal: EntrySeal): string {
  const body = `${counterDigits(entry.counter)} ${entry.node} ${entry.nonce}`;
  return `${body} ${seal.of(key, body)}`;
}

/** The entry that a text at a key is, if it is one. */
export function parseSpent(
  text: string,
  key: string,
  seal: EntrySeal,
): SpentEntry | undefined {
  const [, body, digits, node, nonce, mac] = TEXT.exec(text) ?? [];
  if (body === undefined || !seal.holds(key, body, mac!)) return undefined;
  const counter = Number(digits);
  return counter <= MAX_COUNTER ? { counter, node: node!, nonce: nonce! } : undefined;
}
