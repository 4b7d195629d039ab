/**
 * What a reload can't change.
 *
 * @module
 */
import type { Config, Options } from "./config.ts";

/** The options that differ and that a running daemon can't take up. */
export function changedForGood({ options: a }: Config, { options: b }: Config): string[] {
  return [
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
