/** Whose a table is: the config's that it was made for. */

import { sha256 } from "@noble/hashes/sha2.js";
import { realPath } from "../../files/look.ts";

/** 32 hex digits that stand for a config's file. */
export function ownerMark(configPath: string): string {
  const path = realPath(configPath) ?? configPath;
  return sha256(new TextEncoder().encode(path)).toHex().slice(0, 32);
}
