/** What an operator changes in a whole fleet, by its engine: no node has to run for that. */

import type { FleetSettings } from "../../config/fleet_settings.ts";
import type { Client, Door } from "../../core/door.ts";
import { Failure } from "../../core/failure.ts";
import { seriesOf } from "../journal/series.ts";
import { Engine, type EngineAnswer } from "./engine/engine.ts";
import { toEngine } from "./engine/engine_text.ts";
import { formatEntry } from "./entry.ts";
import { EntryKeys } from "./entry_keys.ts";
import { EntrySeal } from "./entry_seal.ts";

/** Forgets a node that is gone for good before its time is over. */
export async function forgetNode(settings: FleetSettings, node: string): Promise<void> {
  using engine = new Engine(settings);
  const key = toEngine(new EntryKeys(settings.name).node(node));
  const { deleted } = await engine.call(
    "kv/deleterange",
    { key },
  ) as EngineAnswer;
  if (Number(deleted ?? 0) > 0) return;
  throw new Failure(`there is no node ${node}`, "knockd fleet status lists them");
}

/** Shuts a client out on every node, for good. */
export async function revokeEverywhere(
  settings: FleetSettings,
  door: Door,
  client: Client,
): Promise<void> {
  if (door.key.kind !== "otp") throw new Failure(`the door ${door.name} has no clients`);
  using engine = new Engine(settings);
  const key = new EntryKeys(settings.name)
    .revoked(seriesOf(door.label, door.key.otp, client).id);
  const entry = {
    v: 1,
    door: door.name,
    client: client.name,
    by: settings.node,
    at: Date.now(),
  } as const;
  const value = formatEntry("revoked", entry, key, new EntrySeal(settings.secret));
  const put = { key: toEngine(key), value: toEngine(value) };
  await engine.call("kv/put", put, settings.timeout * 1000);
}
