/** Whether the engine forgets what its entries were before, for whoever asks. */

import type { FleetSettings } from "../../config/fleet_settings.ts";
import { Engine } from "./engine/engine.ts";
import { EngineError } from "./engine/engine_error.ts";
import { toEngine } from "./engine/engine_text.ts";
import { EntryKeys } from "./entry_keys.ts";
import { revisionOf } from "./listing.ts";

/** How many changes it has kept where it has kept them all; 0 where it forgets old ones. */
export async function keptChanges(settings: FleetSettings): Promise<number> {
  using engine = new Engine(settings);
  const key = toEngine(new EntryKeys(settings.name).prefix);
  try {
    return revisionOf(await engine.call("kv/range", { key, revision: "1" }));
  } catch (error) {
    if (error instanceof EngineError && /compacted/.test(error.message)) return 0;
    throw error;
  }
}
