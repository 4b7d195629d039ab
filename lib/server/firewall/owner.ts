/** Whose a table is: the config's that it was made for. */

import { sha256 } from "@noble/hashes/sha2.js";

/** 32 hex digits that stand for a config's file. */
export function ownerMark(configPath: string): string {
  return sha256(new TextEncoder().encode(realPath(configPath))).toHex().slice(0, 32);
}

function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}
