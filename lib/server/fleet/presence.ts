/** Says to the other nodes that this one is there. */

import type { System } from "../system.ts";
import { VERSION } from "../../version.ts";
import type { Series } from "../journal/series.ts";
import type { Engine } from "./engine/engine.ts";
import { fromEngine, objectsIn, toEngine } from "./engine/engine_text.ts";
import { formatEntry, parseEntry } from "./entry.ts";
import type { EntryKeys } from "./entry_keys.ts";
import type { EntrySeal } from "./entry_seal.ts";
import { type FleetDoors, fleetLabel } from "./fleet_doors.ts";

/** Seconds after which a node that is silent is gone. */
export const NODE_LIFE = 30;
/** Doors that are named at most. */
const MOST_DOORS = 256;

export interface PresenceOptions {
  readonly engine: Pick<Engine, "call">;
  readonly keys: EntryKeys;
  readonly seal: EntrySeal;
  readonly system: Pick<System, "now" | "monotonic">;
  readonly node: string;
  readonly doors: FleetDoors;
  /** Another node has had this one's name for longer than a dead one could. */
  readonly onRival: () => void;
}

export class Presence {
  readonly #options: PresenceOptions;
  readonly #boot = crypto.getRandomValues(new Uint8Array(16)).toHex();
  #lease: string | undefined;
  /** The change that made the entry what it is; 0 where there is none. */
  #revision = "0";
  #rivalSince: number | undefined;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** Says it once more, in two requests; throws where the engine is not there. */
  async beat(ms: number): Promise<void> {
    this.#lease = await this.#kept(ms) ?? await this.#granted(ms);
    try {
      // The second time it is known what is there, or that nothing is.
      if (await this.#say(ms) || await this.#say(ms)) this.#rivalSince = undefined;
      else this.#met();
    } catch (error) {
      // A node that only keeps alive what was said before has a clock that seems to stand still.
      this.#lease = undefined;
      throw error;
    }
  }

  /** Says that it goes. */
  async leave(ms: number): Promise<void> {
    const { engine } = this.#options;
    if (this.#lease !== undefined) {
      await engine.call("lease/revoke", { ID: this.#lease }, ms);
    }
  }

  /** Whether the entry is this node's, and what it should be. */
  async #say(ms: number): Promise<boolean> {
    const { engine, keys, node, seal } = this.#options;
    const key = keys.node(node);
    const answer = await engine.call("kv/txn", {
      compare: [{
        key: toEngine(key),
        target: "MOD",
        result: "EQUAL",
        modRevision: this.#revision,
      }],
      success: [this.#put(key)],
      failure: [{ requestRange: { key: toEngine(key) } }],
    }, ms);
    if (answer["succeeded"] === true) {
      this.#revision = `${answer["header"]?.revision ?? 0}`;
      return true;
    }
    const [kv] = objectsIn(answer["responses"]?.[0]?.response_range?.kvs);
    const found = parseEntry("node", fromEngine(kv?.["value"]) ?? "", key, seal);
    // Another's is left alone; it goes with its lease.
    this.#revision = found?.boot === this.#boot ? `${kv!["mod_revision"]}` : "0";
    return false;
  }

  #met(): void {
    const { system, onRival } = this.#options;
    this.#rivalSince ??= system.monotonic();
    if (system.monotonic() - this.#rivalSince > 1.5 * NODE_LIFE * 1000) onRival();
  }

  #put(key: string) {
    const { seal, system, doors } = this.#options;
    const series = Map.groupBy(doors.series.values(), ({ label }) => label);
    const entry = {
      v: 1,
      version: VERSION,
      boot: this.#boot,
      doors: doors.all.slice(0, MOST_DOORS).map((door) => {
        const { label, fleet: { group } } = door;
        const shape = shapeOf(door, series.get(label) ?? []);
        return {
          name: nameOf(door),
          group,
          shape: seal.of("shape", shape).slice(0, 16),
        };
      }),
      at: system.now(),
    } as const;
    const value = toEngine(formatEntry("node", entry, key, seal));
    return { requestPut: { key: toEngine(key), value, lease: this.#lease } };
  }

  async #kept(ms: number): Promise<string | undefined> {
    if (this.#lease === undefined) return undefined;
    const { engine } = this.#options;
    const { result } = await engine.call("lease/keepalive", { ID: this.#lease }, ms);
    return Number(result?.TTL ?? 0) > 0 ? this.#lease : undefined;
  }

  async #granted(ms: number): Promise<string> {
    const { engine } = this.#options;
    const { ID } = await engine.call("lease/grant", { TTL: `${NODE_LIFE}` }, ms);
    return `${ID}`;
  }
}

/** One that follows is not to be the same as the door that it follows. */
function nameOf({ name, key }: FleetDoors["all"][number]): string {
  return key.kind === "fleet" ? `${name} (follows ${key.follow})` : name;
}

/** What two nodes' doors of one name should have in common: the clients' secrets, too. */
function shapeOf(door: FleetDoors["all"][number], series: readonly Series[]): string {
  const { key, cmdTimeout, fleet: { group, alone } } = door;
  const how = key.kind === "otp"
    ? { ...key.otp, clients: series.map(({ client, id }) => `${client} ${id}`).sort() }
    : key.kind === "static"
    ? key.sequence
    : key.kind;
  return JSON.stringify([fleetLabel(door), group, alone, cmdTimeout, how]);
}
