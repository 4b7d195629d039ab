/** What a node may do in its fleet's engine, for whoever asks: no node has to run for that. */

import type { FleetSettings } from "../../config/fleet_settings.ts";
import { Engine } from "./engine/engine.ts";
import { EngineError } from "./engine/engine_error.ts";
import { toEngine } from "./engine/engine_text.ts";
import { EntryKeys } from "./entry_keys.ts";

/** Whether this node may read keys that are not its fleet's. */
export async function seesBeyond(settings: FleetSettings): Promise<boolean> {
  using engine = new Engine(settings);
  const [key, rangeEnd] = ["knockd/v1/", "knockd/v10"].map(toEngine);
  try {
    await engine.call("kv/range", { key, rangeEnd, limit: "1" });
    return true;
  } catch (error) {
    if (error instanceof EngineError && !error.passes) return false;
    throw error;
  }
}

/** Those folders of the fleet's in which this node may not write; nothing is written. */
export async function unwritable(
  settings: FleetSettings,
  folders: readonly string[],
): Promise<string[]> {
  using engine = new Engine(settings);
  const found: string[] = [];
  for (const folder of folders) {
    const key = toEngine(`${new EntryKeys(settings.name).prefix}${folder}/`);
    const never = { key, target: "VERSION", result: "EQUAL", version: "-1" };
    const success = [{ requestPut: { key, value: "" } }];
    try {
      await engine.call("kv/txn", { compare: [never], success });
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (/permission denied/.test(error.message)) found.push(folder);
    }
  }
  return found;
}
