/**
 * What a reload can't change.
 *
 * @module
 */
import type { Config, Options } from "./config.ts";
import type { FleetSettings } from "./fleet_settings.ts";

/** The options that differ and that a running daemon can't take up. */
export function changedForGood(before: Config, after: Config): string[] {
  const [{ options: a }, { options: b }] = [before, after];
  return [
    ...(textOf(before.fleet) === textOf(after.fleet) ? [] : ["[fleet]"]),
    ...(a.logFile === b.logFile ? [] : ["log_file"]),
    ...(a.logFormat === b.logFormat ? [] : ["log_format"]),
    ...(a.logTime === b.logTime ? [] : ["log_time"]),
    ...(a.useSyslog === b.useSyslog ? [] : ["use_syslog"]),
    ...(a.pidFile === b.pidFile ? [] : ["pid_file"]),
    ...(a.stateDir === b.stateDir ? [] : ["state_dir"]),
    ...(a.table === b.table ? [] : ["table"]),
    ...(a.control === b.control ? [] : ["control"]),
    ...(a.controlGroup === b.controlGroup ? [] : ["control_group"]),
    ...(metricsText(a) === metricsText(b) ? [] : ["metrics"]),
  ];
}

function metricsText({ metrics }: Options): string | undefined {
  return metrics && `${metrics.hostname} ${metrics.port}`;
}

/** All of it, secrets included, to be compared. */
function textOf(fleet: FleetSettings | undefined): string {
  if (fleet === undefined) return "";
  const { identity, login, secret } = fleet;
  const secrets = [identity?.key, login?.password, secret];
  return JSON.stringify([fleet, secrets.map((each) => each?.reveal().toHex())]);
}
