/**
 * A unit for systemd 249 and later, of a daemon whose doors the kernel opens: no root, and
 * nothing that it could execute but itself.
 */

import type { Config } from "../../config/config.ts";
import { ownOutput } from "../../files/own_output.ts";
import { SERVICE_ACCOUNT } from "../../files/service_ids.ts";
import type { Service } from "./service.ts";
import { HARDENING, lifeOf, unitSection } from "./unit_parts.ts";

/** Where systemd-sysusers looks for it. */
export const SYSUSERS_PATH = "/etc/sysusers.d/knockd.conf";

/** The user, as sysusers.d(5) has it. */
export const SYSUSERS = `u ${SERVICE_ACCOUNT} - "Port-knock daemon" /nonexistent\n`;

/** Where the daemon answers; its own directory, for /run is root's. */
const CONTROL = "/run/knockd/knockd.sock";

/** How a daemon is started that can execute nothing else. */
export interface Start {
  /** The words up to the subcommand. */
  readonly command: string;
  /** What its environment has: `NAME=value`. */
  readonly environment: readonly string[];
  /** What it executes, besides the libraries of the system. */
  readonly executables: readonly string[];
  /** What is done before, by root: the program is put where every user can run it. */
  readonly before?: string;
}

/** Why a daemon of this config can't be anybody but root, if so. */
export function whyRoot({ doors, options, path }: Config): string | undefined {
  if (!doors.some(({ kernel }) => kernel !== undefined)) return "no door has open";
  const running = doors.find(({ start, stop }) => (start ?? stop) !== undefined);
  if (running !== undefined) return `the door ${running.name} runs a command`;
  const listed = doors.find(({ key }) => key.kind === "file");
  if (listed !== undefined) return `the door ${listed.name} writes into its file`;
  const { logFile, pidFile, control, stateDir } = options;
  const own = [logFile, pidFile, control, stateDir].find((place) =>
    place !== undefined && ownOutput(place) === undefined &&
    !/^\/(var\/lib|var\/log|run)\/knockd(\/|$)/.test(place)
  );
  if (own !== undefined) return `${own} is not knockd's own`;
  if (/^\/(home|root|run\/user|tmp|var\/tmp)\//.test(path)) return `of where ${path} is`;
  return undefined;
}

export function ownUserUnit(service: Service, start: Start, group?: string): string {
  const { config } = service;
  const rights = "CAP_NET_RAW CAP_NET_ADMIN";
  return `# A user of its own, the rights to hear packets and to change the firewall, and nothing to
# execute. When a door gets a command, make it anew: knockd service --install --force

${unitSection(service)}
[Service]
User=${SERVICE_ACCOUNT}
Group=${SERVICE_ACCOUNT}
${group === undefined ? "" : `SupplementaryGroups=${group}\n`}${beforeOf(start)}${
    start.environment.map((line) => `Environment=${line}\n`).join("")
  }ExecStart=${start.command} serve --config ${config} --control ${CONTROL}
${lifeOf(service)}TimeoutStopSec=30

# What is spent; the control socket; a log_file in /var/log/knockd.
StateDirectory=knockd
StateDirectoryMode=0700
RuntimeDirectory=knockd
RuntimeDirectoryMode=0755
LogsDirectory=knockd
LogsDirectoryMode=0750
UMask=0077

CapabilityBoundingSet=${rights}
AmbientCapabilities=${rights}
NoExecPaths=/
ExecPaths=${[...start.executables, "/usr/lib", "-/lib", "-/lib64"].join(" ")}
MemoryMax=512M
TasksMax=64
${HARDENING}ProtectHome=yes
ProcSubset=pid

[Install]
WantedBy=multi-user.target
`;
}

function beforeOf({ before }: Start): string {
  return before === undefined
    ? ""
    : `# Unpacks a program that is new, for all users to run.\nExecStartPre=+${before}\n`;
}
