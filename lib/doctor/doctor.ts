/** `knockd doctor`: whether this machine is ready, and what it lacks. */

import type { Config } from "../config/config.ts";
import { captureFindings } from "./capture.ts";
import { clockFindings } from "./clock.ts";
import { type Ask, daemonFindings } from "./daemon.ts";
import { type Examined } from "./finding.ts";
import { firewallFindings } from "./firewall.ts";
import { kernelDoorFindings } from "./kernel_doors.ts";
import type { Machine } from "./machine.ts";

/** Looks at everything; the config's own problems come first. */
export async function diagnose(
  machine: Machine,
  config: Config | undefined,
  ask: Ask,
): Promise<Examined[]> {
  return [
    ...await captureFindings(machine, config),
    ...await firewallFindings(machine, config),
    ...await kernelDoorFindings(machine, config),
    ...await clockFindings(machine, config),
    ...await daemonFindings(machine, ask),
  ];
}
