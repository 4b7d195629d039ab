/** What a reload can't change. */

import type { Config, Options } from "./config.ts";
import type { FleetSettings } from "./fleet_settings.ts";

/** Options that something was opened by when the daemon started. */
const FOR_GOOD: Readonly<Record<string, (options: Options) => unknown>> = {
  log_file: ({ logFile }) => logFile,
  log_format: ({ logFormat }) => logFormat,
  log_time: ({ logTime }) => logTime,
  use_syslog: ({ useSyslog }) => useSyslog,
  pid_file: ({ pidFile }) => pidFile,
  state_dir: ({ stateDir }) => stateDir,
  table: ({ table }) => table,
  history_days: ({ historyDays }) => historyDays,
  history_rows: ({ historyRows }) => historyRows,
  control: ({ control }) => control,
  control_group: ({ controlGroup }) => controlGroup,
  metrics: ({ metrics }) => metrics && `${metrics.hostname} ${metrics.port}`,
};

/** The options that differ and that a running daemon can't take up. */
export function changedForGood(before: Config, after: Config): string[] {
  const [a, b] = [before.options, after.options];
  return [
    ...(textOf(before.fleet) === textOf(after.fleet) ? [] : ["[fleet]"]),
    ...Object.keys(FOR_GOOD).filter((name) => FOR_GOOD[name]!(a) !== FOR_GOOD[name]!(b)),
  ];
}

/** All of it, secrets included, to be compared. */
function textOf(fleet: FleetSettings | undefined): string {
  if (fleet === undefined) return "";
  const { identity, login, secret } = fleet;
  const secrets = [identity?.key, login?.password, secret];
  return JSON.stringify([fleet, secrets.map((each) => each?.reveal().toHex())]);
}
