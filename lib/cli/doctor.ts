/**
 * `knockd doctor`: is this machine ready?
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import type { Config } from "../config/config.ts";
import type { Examined } from "../doctor/finding.ts";
import { escapeControls } from "../core/printable.ts";
import { ExitWith, print } from "./terminal.ts";

/** The subcommand. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("look whether this machine is ready, and say what it lacks")
    .argument("[profile]", "a client's profile: look at the client's side instead")
    .option("-c, --config <file>", "the config", CONFIG)
    .option("--clock <url>", "a web server whose time the client's is compared with")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample: sudo knockd doctor")
    .action(async (profile, { config, clock, json }) => {
      const findings = profile === undefined
        ? await ofServer(config)
        : await ofClient(profile, clock);
      if (json) print(JSON.stringify(findings, undefined, 2));
      else for (const line of lines(findings)) print(line);
      if (findings.some(({ state }) => state === "ill")) throw new ExitWith(1);
    }) as unknown as Command;
}

const CONFIG = "/etc/knockd/knock.toml";
const MARKS = { well: "ok  ", ill: "FAIL", unknown: "?   " };

async function ofServer(path: string): Promise<Examined[]> {
  const { loadConfig } = await import("../config/load.ts");
  const { configFindings } = await import("../doctor/config.ts");
  const { diagnose } = await import("../doctor/doctor.ts");
  const { realMachine } = await import("../doctor/machine.ts");
  const { ask: askDaemon, socketOf } = await import("./which_daemon.ts");
  const loaded = await loadConfig(path);
  const ask = async () => {
    const control = await socketOf({ config: path });
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

async function ofClient(name: string, clock: string | undefined): Promise<Examined[]> {
  const { diagnoseClient } = await import("../doctor/client.ts");
  const { findProfile, loadProfiles, profileDirectory } = await import(
    "../client/profiles.ts"
  );
  const profile = findProfile(loadProfiles(profileDirectory()), name);
  return await diagnoseClient(profile.enrolment.host, clock);
}

/** One line a thing, and below it what to do. */
function lines(findings: readonly Examined[]): string[] {
  const widest = Math.max(...findings.map(({ about }) => about.length));
  return findings.flatMap(({ about, state, says, fix }) => {
    const line = `${MARKS[state]}  ${about.padEnd(widest)}  ${escapeControls(says)}`;
    const below = `${" ".repeat(8 + widest)}${escapeControls(fix ?? "")}`;
    return fix === undefined ? [line] : [line, below];
  });
}
