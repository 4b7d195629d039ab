/** etcd's keys and values in its JSON: bytes as Base64. */

import { orUndefined } from "../../../core/or_undefined.ts";

/** A text as the gateway takes it. */
export function toEngine(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}

/** What the gateway gives as a text; nothing if it is none. */
export function fromEngine(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return orUndefined(() => decoder.decode(Uint8Array.fromBase64(value)));
}

/** The objects in a list that may be none. */
// deno-lint-ignore no-explicit-any
export function objectsIn(value: unknown): Record<string, any>[] {
  if (!Array.isArray(value)) return [];
  return value.filter((each) => typeof each === "object" && each !== null);
}
