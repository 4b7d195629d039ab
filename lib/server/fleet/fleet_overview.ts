/** A fleet as its engine shows it, for whoever asks: no node has to run for that. */

import type { FleetSettings } from "../../config/fleet_settings.ts";
import { Failure } from "../../core/failure.ts";
import { Engine, type EngineAnswer } from "./engine/engine.ts";
import { refusedBy } from "./engine/engine_error.ts";
import { type NodeEntry, parseEntry } from "./entry.ts";
import { EntryKeys } from "./entry_keys.ts";
import { EntrySeal } from "./entry_seal.ts";
import { listAll, type Listing } from "./listing.ts";
import { NODE_LIFE } from "./presence.ts";

export interface MemberOverview {
  readonly endpoint: string;
  /** Why it does not answer, if it does not. */
  readonly why?: string;
  readonly hint?: string;
  /** What it raises an alarm about, in its words: NOSPACE, CORRUPT. */
  readonly alarm?: string;
  readonly version?: string;
  readonly leads?: boolean;
  /** Bytes of its database. */
  readonly size?: number;
}

export interface NodeOverview {
  readonly node: string;
  readonly version: string;
  /** Seconds since it was heard last, by etcd's clock. */
  readonly heard: number;
  /** Seconds by which its clock was ahead of this machine's then. */
  readonly ahead: number;
  readonly doors: NodeEntry["doors"];
}

/** What there is to say of a fleet. */
export interface FleetOverview {
  readonly name: string;
  readonly members: readonly MemberOverview[];
  /** Why nothing else is known, if that is so, and what helps. */
  readonly why?: string;
  readonly hint?: string;
  readonly nodes: readonly NodeOverview[];
  /** Doors, by group and name, that two nodes have in different shapes. */
  readonly different: readonly string[];
  /** Entries that no node of this fleet has written. */
  readonly garbled: number;
}

export async function overviewOf(settings: FleetSettings): Promise<FleetOverview> {
  const [keys, seal] = [new EntryKeys(settings.name), new EntrySeal(settings.secret)];
  const members = await Promise.all(
    settings.endpoints.map((endpoint) => memberAt(settings, endpoint)),
  );
  using engine = new Engine(settings);
  const { entries, ...trouble } = await entriesOf(engine, keys);
  const nodes: NodeOverview[] = [];
  let garbled = 0;
  for (const { key, value, lease } of entries) {
    const about = keys.parse(key);
    if (about?.kind !== "node") continue;
    const entry = parseEntry("node", value, key, seal);
    if (entry === undefined) garbled++;
    else nodes.push(nodeOf(about.name, entry, await silenceOf(engine, lease)));
  }
  const different = differentIn(nodes);
  return { name: settings.name, members, ...trouble, nodes, different, garbled };
}

async function entriesOf(
  engine: Engine,
  keys: EntryKeys,
): Promise<Pick<Listing, "entries"> & Pick<FleetOverview, "why" | "hint">> {
  try {
    return { entries: (await listAll(engine, keys)).entries };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message, hint } = error;
    return { entries: [], why: message, ...(hint && { hint }) };
  }
}

/**
 * Seconds since an entry was kept alive last; 0 where etcd does not say. In the last second
 * of its life no time is said, as zeros are not, and then not even how long it had.
 */
async function silenceOf(engine: Engine, lease: string): Promise<number> {
  try {
    const { TTL = 0, grantedTTL = NODE_LIFE } = await engine.call(
      "lease/timetolive",
      { ID: lease },
    );
    return Math.max(0, Number(grantedTTL) - Math.max(0, Number(TTL))) || 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return 0;
  }
}

/** What a learner, which tells of itself, says to all other questions. */
const LEARNER = { message: "etcdserver: rpc not supported for learner", code: 14 };

async function memberAt(
  settings: FleetSettings,
  endpoint: string,
): Promise<MemberOverview> {
  using engine = new Engine({ ...settings, endpoints: [endpoint] });
  try {
    const status = await engine.call("maintenance/status", {}) as EngineAnswer;
    const { version, leader, header, dbSize, errors, isLearner } = status;
    if (isLearner === true) throw refusedBy(endpoint, LEARNER);
    const leads = leader !== undefined && leader === header?.member_id;
    const [, alarm] = /alarm:(\w{1,32})/.exec(`${errors}`) ?? [];
    const size = Number(dbSize) || 0;
    return { endpoint, version: `${version}`, leads, size, ...(alarm && { alarm }) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message, hint } = error;
    return { endpoint, why: message.replace(`${endpoint}: `, ""), ...(hint && { hint }) };
  }
}

function nodeOf(
  node: string,
  { version, at, doors }: NodeEntry,
  heard: number,
): NodeOverview {
  const ahead = Math.round((at - Date.now()) / 1000) + heard;
  return { node, version, heard, ahead, doors };
}

function differentIn(nodes: readonly NodeOverview[]): string[] {
  const shapes = new Map<string, Set<string>>();
  for (const { group, name, shape } of nodes.flatMap(({ doors }) => doors)) {
    shapes.getOrInsertComputed(`${group}/${name}`, () => new Set()).add(shape);
  }
  return [...shapes].filter(([, { size }]) => size > 1).map(([door]) => door);
}
