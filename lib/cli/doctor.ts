/**
 * `knockd doctor`: is this machine ready?
 *
 * @module
 */
import type { Command } from "@commander-js/extra-typings";
import type { Config } from "../config/config.ts";
import type { Examined } from "../doctor/finding.ts";
import { folded } from "./columns.ts";
import { escapeControls } from "../core/printable.ts";
import {
  ask as askDaemon,
  configOf,
  daemonCommand,
  socketOf,
  type Where,
} from "./which_daemon.ts";
import { ExitWith, print, terminalSize } from "./terminal.ts";

/** The subcommand. */
export function doctorCommand(): Command {
  return daemonCommand(
    "doctor",
    "look whether this machine is ready, and say what it lacks",
  )
    .argument("[profile]", "a client's profile: look at the client's side instead")
    .option("--clock <url>", "a web server whose time this machine's is compared with")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample: sudo knockd doctor")
    .action(async (profile, { clock, json, ...where }) => {
      const findings = profile === undefined
        ? [...await ofServer(where), ...await ofClock(clock)]
        : await ofClient(profile, clock);
      if (json) print(JSON.stringify(findings, undefined, 2));
      else for (const line of lines(findings)) print(line);
      if (findings.some(({ state }) => state === "ill")) throw new ExitWith(1);
    }) as unknown as Command;
}

const MARKS = { well: "ok  ", ill: "FAIL", unknown: "?   " };

async function ofServer(where: Where): Promise<Examined[]> {
  const { loadConfig } = await import("../config/load.ts");
  const { configFindings } = await import("../doctor/config.ts");
  const { diagnose } = await import("../doctor/doctor.ts");
  const { realMachine } = await import("../doctor/machine.ts");
  const path = await configOf(where);
  const loaded = await loadConfig(path);
  const ask = async () => {
    const control = await socketOf({ ...where, config: path });
    await askDaemon({ control }, { command: "status" });
    return control;
  };
  return [
    ...configFindings(path, loaded),
    ...await diagnose(realMachine(), loaded.config, ask),
    ...await ofFleet(loaded.config),
  ];
}

async function ofFleet(config: Config | undefined): Promise<Examined[]> {
  if (config?.fleet === undefined) return [];
  const { fleetHealth } = await import("../doctor/fleet.ts");
  const { overviewOf, seesBeyond } = await import("../server/fleet/fleet_overview.ts");
  return await fleetHealth(config, { overview: overviewOf, seesBeyond });
}

async function ofClock(url: string | undefined): Promise<Examined[]> {
  if (url === undefined) return [];
  const { webClock } = await import("../doctor/web_clock.ts");
  return [await webClock(url)];
}

async function ofClient(name: string, clock: string | undefined): Promise<Examined[]> {
  const { diagnoseClient } = await import("../doctor/client.ts");
  const { findProfile, loadProfiles, profileDirectory } = await import(
    "../client/profiles.ts"
  );
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
