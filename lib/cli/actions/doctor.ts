/** `knockd doctor`: is this machine ready? */

import type { Config } from "../../config/config.ts";
import type { Examined } from "../../doctor/finding.ts";
import { folded } from "./columns.ts";
import { escapeControls } from "../../core/printable.ts";
import { configOf, socketOf, stateDirOf } from "./which_daemon.ts";
import type { Where } from "../daemon_command.ts";
import { sensible } from "./daemon_answer.ts";
import { ExitWith, print, printJson, terminalSize } from "../terminal.ts";
import { loadConfig } from "../../config/load.ts";
import { filesNamedIn } from "../../config/toml/named_files.ts";
import { configFindings } from "../../doctor/config.ts";
import { diagnose } from "../../doctor/doctor.ts";
import { readableFindings } from "../../doctor/readable.ts";
import { stateFindings } from "../../doctor/state.ts";
import { requestControl } from "../../server/control/client.ts";
import type { Status } from "../../server/status.ts";
import { realMachine } from "../../doctor/machine.ts";
import { webClock } from "../../doctor/web_clock.ts";
import { diagnoseClient } from "../../doctor/client.ts";
import { findProfile, loadProfiles, profileDirectory } from "../../client/profiles.ts";

interface DoctorOptions extends Where {
  readonly clock?: string | undefined;
  readonly json?: true | undefined;
}

/** Milliseconds in which a daemon that is not stuck answers, however busy it is. */
const PATIENCE_MS = 10_000;

/** Looks at the daemon's side, or at the client's where a profile is named. */
export async function doctor(
  profile: string | undefined,
  { clock, json, ...where }: DoctorOptions,
): Promise<void> {
  const findings = profile === undefined
    ? await ofServerAndClock(where, clock)
    : await ofClient(profile, clock);
  if (json) printJson(findings);
  else for (const line of lines(findings)) print(line);
  if (findings.some(({ state }) => state === "ill")) throw new ExitWith(1);
}

const MARKS = { well: "ok  ", ill: "FAIL", unknown: "?   " };

/** Once the fleet was asked, no authority of the web's is trusted any more. */
async function ofServerAndClock(where: Where, url?: string): Promise<Examined[]> {
  const clock = await ofClock(url);
  return [...await ofServer(where), ...clock];
}

async function ofServer(where: Where): Promise<Examined[]> {
  const path = await configOf(where);
  const loaded = await loadConfig(path);
  const ask = async () => {
    const control = await socketOf({ ...where, config: path });
    const status = await requestControl(control, { command: "status" }, PATIENCE_MS);
    const { interfaces, fleet } = sensible("status", status) as Status;
    return { at: control, deaf: interfaces.filter(({ hears }) => !hears), fleet };
  };
  const machine = realMachine();
  const stateDir = await stateDirOf({ ...where, config: path });
  return [
    ...configFindings(path, loaded),
    ...await readableFindings(machine, path, filesNamedIn(path)),
    ...stateFindings(machine, loaded.config, stateDir),
    ...await diagnose(machine, loaded.config, ask),
    ...await ofFleet(loaded.config),
  ];
}

async function ofFleet(config: Config | undefined): Promise<Examined[]> {
  if (config?.fleet === undefined) return [];
  const { fleetHealth } = await import("../../doctor/fleet.ts");
  const { overviewOf: overview } = await import("../../server/fleet/fleet_overview.ts");
  const rights = await import("../../server/fleet/fleet_rights.ts");
  const history = await import("../../server/fleet/kept_history.ts");
  return await fleetHealth(config, { overview, ...rights, ...history });
}

async function ofClock(url: string | undefined): Promise<Examined[]> {
  if (url === undefined) return [];
  return [await webClock(url)];
}

async function ofClient(name: string, clock: string | undefined): Promise<Examined[]> {
  const profile = findProfile(loadProfiles(profileDirectory()), name);
  return await diagnoseClient(profile.enrolment.host, clock);
}

/** One line a thing, and below it what to do; on a terminal folded where that ends. */
function lines(findings: readonly Examined[]): string[] {
  const widest = Math.max(...findings.map(({ about }) => about.length));
  const indent = " ".repeat(8 + widest);
  const columns = Deno.stdout.isTerminal() ? terminalSize().columns : Infinity;
  return findings.flatMap(({ about, state, says, fix }) => {
    const head = `${MARKS[state]}  ${about.padEnd(widest)}  `;
    const [first = "", ...below] = folded(escapeControls(says), indent, columns);
    const advised = fix === undefined ? [] : folded(escapeControls(fix), indent, columns);
    return [head + first.slice(indent.length), ...below, ...advised];
  });
}
