/** `knockd fleet`: several machines with one set of counters and leases. */

import type { FleetSettings } from "../../config/fleet_settings.ts";
import { Failure, UsageError } from "../../core/failure.ts";
import { type FleetOverview, overviewOf } from "../../server/fleet/fleet_overview.ts";
import { forgetNode } from "../../server/fleet/fleet_changes.ts";
import { ExitWith, print, printError, printJson } from "../terminal.ts";
import { LABEL } from "../../core/one_time/derive.ts";
import { createPrivateFile, makePrivateDirectory } from "../../files/durable.ts";
import { formatSecret } from "../../core/one_time/secret_text.ts";
import { Secret } from "../../core/secret.ts";
import { absolutePath, directoryOf } from "../../files/path.ts";
import { fleetInstructions } from "../../setup/fleet_instructions.ts";
import { loadConfigOrThrow } from "../../config/load.ts";

interface FleetOptions {
  readonly config: string;
  readonly name: string;
  readonly secretFile: string;
  readonly json?: true | undefined;
}

/** Founds a fleet, looks at it, or takes a dead node off its list. */
export async function fleet(
  what: string,
  node: string | undefined,
  options: FleetOptions,
): Promise<void> {
  if (what === "init") return init(options);
  if (what === "status") return await status(options);
  if (what === "forget" && node !== undefined) return await forget(options, node);
  throw new UsageError(
    what === "forget" ? "forget which node?" : "fleet takes init, status or forget",
    "knockd fleet --help",
  );
}

function init({ name, secretFile }: FleetOptions): void {
  if (!LABEL.test(name)) throw new UsageError("--name has 1 to 64 of A-Z a-z 0-9 . _ -");
  const path = absolutePath(secretFile);
  makePrivateDirectory(directoryOf(path));
  const secret = new Secret(crypto.getRandomValues(new Uint8Array(32)));
  createPrivateFile(path, `${formatSecret(secret)}\n`);
  printError(`made ${path}: copy it to every machine of the fleet, with mode 0600\n`);
  for (const line of fleetInstructions(name, path)) print(line);
}

async function settingsOf(path: string): Promise<FleetSettings> {
  const { config: { fleet } } = await loadConfigOrThrow(path);
  if (fleet !== undefined) return fleet;
  throw new UsageError(`${path} has no [fleet]`, "knockd fleet init");
}

async function forget({ config }: FleetOptions, node: string): Promise<void> {
  await forgetNode(await settingsOf(config), node);
  print(`forgot ${node}; one that runs says within 10 s that it is there`);
}

async function status({ config, json }: FleetOptions): Promise<void> {
  const overview = await overviewOf(await settingsOf(config));
  if (json) printJson(overview);
  else for (const line of overviewLines(overview)) print(line);
  const { members, different, garbled } = overview;
  if (overview.why !== undefined) throw new Failure(overview.why, overview.hint);
  const isWell = members.every(({ why, alarm }) => (why ?? alarm) === undefined);
  if (!isWell || different.length + garbled > 0) throw new ExitWith(1);
}

function overviewLines(overview: FleetOverview): string[] {
  const { name, members, nodes, different, garbled } = overview;
  return [
    `fleet ${name}`,
    "",
    "etcd:",
    ...members.map(memberLine),
    "",
    "nodes:",
    ...nodes.map(nodeLine),
    ...nodes.length === 0 ? [overview.why ? "  not known" : "  none"] : [],
    ...different.map((door) => `DIFFERENT: ${door} is not the same on all nodes`),
    ...garbled === 0 ? [] : [
      `GARBLED: ${garbled} entries are of another fleet secret, or of nobody's`,
    ],
  ];
}

function memberLine(
  { endpoint, why, alarm, version, leads, size = 0 }: FleetOverview["members"][number],
): string {
  if (why !== undefined) return `  ${endpoint}  NOT REACHED: ${why}`;
  const megabytes = (size / 1024 / 1024).toFixed(1);
  const more = [...leads ? ["leader"] : [], ...alarm ? [`ALARM ${alarm}`] : []];
  return `  ${endpoint}  ${[`etcd ${version}`, `${megabytes} MB`, ...more].join(", ")}`;
}

function nodeLine(
  { node, version, heard, ahead, doors }: FleetOverview["nodes"][number],
): string {
  // It says every 10 s that it is there, and etcd may have begun to count anew meanwhile.
  const last = heard > 12 ? `, last heard ${heard} s ago` : "";
  const clock = ahead > 2 || ahead < -15
    ? `, its clock is about ${Math.abs(ahead)} s ${ahead > 0 ? "ahead" : "behind"}`
    : "";
  const names = doors.map((door) => `${door.group}/${door.name}`).join(" ");
  return `  ${node}  knockd ${version}${last}${clock}  ${names}`;
}
