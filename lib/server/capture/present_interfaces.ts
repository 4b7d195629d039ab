/** Interfaces that a config names and that are not there now. They may come yet. */

import { interfaceIndex } from "../../../ffi/libc.ts";

/** The names that no interface has, and those that there are with an address. */
export function missingInterfaces(
  names: readonly string[],
): { missing: readonly string[]; present: readonly string[] } {
  const missing = names.filter((name) => name !== "any" && interfaceIndex(name) === 0);
  if (missing.length === 0) return { missing, present: [] };
  return {
    missing,
    present: [...new Set(Deno.networkInterfaces().map(({ name }) => name))],
  };
}
