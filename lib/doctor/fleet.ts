/** The way to the fleet: its engine, and the rights of this node there. */

import type { Config } from "../config/config.ts";
import type { FleetSettings } from "../config/fleet_settings.ts";
import { Failure } from "../core/failure.ts";
import type { FleetOverview } from "../server/fleet/fleet_overview.ts";
import { certificateFindings } from "./fleet_certificates.ts";
import { type Examined, ill, unknown, well } from "./finding.ts";

export interface FleetLook {
  overview(settings: FleetSettings): Promise<FleetOverview>;
  /** Whether this node may read what is not the fleet's. */
  seesBeyond(settings: FleetSettings): Promise<boolean>;
  /** Those folders of the fleet's in which this node may not write. */
  unwritable(settings: FleetSettings, folders: readonly string[]): Promise<string[]>;
  /** How many changes etcd has kept where it has kept them all, else 0. */
  keptChanges(settings: FleetSettings): Promise<number>;
}

/** What is to be said of the fleet, where the config has one. */
export async function fleetHealth(
  config: Config | undefined,
  look: FleetLook,
): Promise<Examined[]> {
  if (config?.fleet === undefined) return [];
  const certificates = certificateFindings(config.fleet, Date.now());
  return [...certificates, ...await engineFindings(config, config.fleet, look)];
}

async function engineFindings(
  { doors }: Pick<Config, "doors">,
  fleet: FleetSettings,
  look: FleetLook,
): Promise<Examined[]> {
  try {
    const overview = await look.overview(fleet);
    if (overview.why !== undefined) return unlistedFindings(overview);
    return [
      ...memberFindings(overview),
      ...nodeFindings(overview),
      ...writingFindings(fleet, await look.unwritable(fleet, foldersOf(doors))),
      rightsFinding(fleet, await look.seesBeyond(fleet)),
      ...historyFindings(await look.keptChanges(fleet)),
    ];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [ill("fleet", error.message, error.hint ?? CHECK)];
  }
}

const CHECK = "see that etcd runs and that its port is open to this machine";

/** What is said of all of them need not be said of each. */
function unlistedFindings({ members, why, hint }: FleetOverview): Examined[] {
  const others = members.filter((member) =>
    member.why !== undefined && !why!.endsWith(member.why)
  );
  return [
    ill("fleet", why!, hint ?? CHECK),
    ...others.map(({ endpoint, why, hint }) =>
      ill("fleet", `${endpoint} does not answer: ${why}`, hint ?? CHECK)
    ),
  ];
}

function memberFindings({ members }: FleetOverview): Examined[] {
  const silent = members.filter(({ why }) => why !== undefined);
  const enough = members.length - silent.length > members.length / 2;
  const all = silent.map(({ endpoint, why }) => {
    const says = `${endpoint} does not answer: ${why}`;
    return enough
      ? unknown("fleet", says, "one more that fails may be one too many")
      : ill("fleet", says, "without most of them no one-time knock opens a shared door");
  });
  const alarm = members.find(({ alarm }) => alarm !== undefined)?.alarm;
  if (alarm !== undefined) return [...all, alarmFinding(alarm)];
  if (silent.length > 0) return all;
  const alone = members.length === 1;
  const says = alone ? "its one member answers" : `its ${members.length} members answer`;
  return [well("fleet", `etcd: ${says}`)];
}

function alarmFinding(alarm: string): Examined {
  return alarm === "NOSPACE"
    ? ill(
      "fleet",
      "etcd's database is full (alarm NOSPACE): no one-time knock opens a shared door",
      "etcdctl compact and defrag make room, then etcdctl alarm disarm",
    )
    : ill("fleet", `etcd raises the alarm ${alarm}`, "see etcd's log");
}

/** Three nodes make as many in two days: an etcd that forgets has forgotten some by then. */
const MANY_CHANGES = 50_000;

function historyFindings(kept: number): Examined[] {
  return kept < MANY_CHANGES ? [] : [
    unknown(
      "fleet",
      `etcd has kept all ${kept} changes that ever were, and each node makes one every ` +
        "10 s: once it is full, no one-time knock opens a shared door",
      "start its members with --auto-compaction-retention=1h",
    ),
  ];
}

function nodeFindings({ nodes, different, garbled }: FleetOverview): Examined[] {
  const off = nodes.filter(({ ahead }) => ahead > 30 || ahead < -45);
  return [
    ...different.map((door) =>
      unknown("fleet", `${door} is not the same on all nodes`, "compare their configs")
    ),
    ...off.map(({ node, ahead }) =>
      ill(
        "fleet",
        `${node}'s clock is about ${Math.abs(ahead)} s ${ahead > 0 ? "ahead" : "behind"}`,
        "keep all clocks right over the network",
      )
    ),
    ...garbled === 0 ? [] : [
      ill(
        "fleet",
        garbled === 1
          ? "a node has another secret"
          : `${garbled} nodes have another secret`,
        "copy one secret_file to all of them",
      ),
    ],
  ];
}

/** Where a node writes: one whose doors all follow says that it is there, and no more. */
function foldersOf(doors: Config["doors"]): string[] {
  const opens = doors.some(({ fleet, key }) => fleet && key.kind !== "fleet");
  return opens ? ["node", "spent", "lease", "revoked"] : ["node"];
}

function writingFindings(
  { name, login }: FleetSettings,
  unwritable: readonly string[],
): Examined[] {
  if (unwritable.length === 0) return [];
  const where = unwritable.map((folder) => `knockd/v1/${name}/${folder}/`).join(", ");
  return [
    ill(
      "fleet",
      `${
        login === undefined ? "this node" : `the user ${login.user}`
      } may not write ${where}`,
      "knockd fleet init prints which rights fleet.user needs",
    ),
  ];
}

function rightsFinding({ name, login }: FleetSettings, seesBeyond: boolean): Examined {
  if (!seesBeyond) return well("fleet", "its rights end where the fleet's keys do");
  const prefix = `knockd/v1/${name}/`;
  return login === undefined
    ? unknown(
      "fleet",
      "etcd has no users: whoever has a certificate may change whatever is in it",
      "knockd fleet init prints what gives each its rights",
    )
    : unknown(
      "fleet",
      `the user ${login.user} may read more than ${prefix}`,
      `etcdctl role revoke-permission, then grant-permission --prefix=true ${prefix}`,
    );
}
