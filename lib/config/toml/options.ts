/** The `[options]` table of knock.toml. */

import { DEFAULT_TABLE, tableNameProblem } from "../../core/firewall/table_name.ts";
import type { Options } from "../config.ts";
import { besideConfig } from "../named_path.ts";
import { besideOthers, interfaceProblem } from "../interface_name.ts";
import { HISTORY_DAYS, HISTORY_ROWS, MAX_IGNORED_PORTS } from "../limits.ts";
import { readPorts } from "../ports.ts";
import { readMetrics } from "./metrics.ts";
import type { RawOptions } from "./schema.ts";
import type { TomlContext } from "./context.ts";

export function readOptions(raw: RawOptions, context: TomlContext): Options {
  const file = (path: string) => besideConfig(path, context.configPath);
  const metrics = raw.metrics === undefined
    ? undefined
    : readMetrics(raw.metrics, context);
  const ignored = raw.ignore_ports ?? [];
  return {
    interfaces: readInterfaces(raw.interface, context),
    ...(raw.log_file !== undefined && { logFile: file(raw.log_file) }),
    logFormat: raw.log_format ?? "text",
    logTime: raw.log_time ?? "minute",
    useSyslog: raw.use_syslog ?? false,
    ...(raw.pid_file !== undefined && { pidFile: file(raw.pid_file) }),
    ...(raw.state_dir !== undefined && { stateDir: file(raw.state_dir) }),
    ...(raw.control !== undefined && { control: file(raw.control) }),
    ...(raw.control_group !== undefined && { controlGroup: raw.control_group }),
    ...(metrics !== undefined && { metrics }),
    historyDays: raw.history_days ?? HISTORY_DAYS.default,
    historyRows: raw.history_rows ?? HISTORY_ROWS.default,
    table: readTable(raw.table, context),
    ignorePorts: readPorts(ignored, ["options", "ignore_ports"], context.report, {
      max: MAX_IGNORED_PORTS,
    }),
  };
}

function readTable(raw: string | undefined, { report }: TomlContext): string {
  const message = raw === undefined ? undefined : tableNameProblem(raw);
  if (message !== undefined) {
    report({ severity: "error", path: ["options", "table"], message });
  }
  return raw ?? DEFAULT_TABLE;
}

function readInterfaces(raw: RawOptions["interface"], { report }: TomlContext): string[] {
  const names = raw === undefined ? [] : typeof raw === "string" ? [raw] : raw;
  for (const [index, name] of names.entries()) {
    const problem = interfaceProblem(name, several) ?? besideOthers(names, index);
    if (problem === undefined) continue;
    const element = typeof raw === "string" ? [] : [index];
    report({ severity: "error", path: ["options", "interface", ...element], ...problem });
  }
  return [...names];
}

function several(names: readonly string[]): string {
  return `interface = [${names.map((name) => JSON.stringify(name)).join(", ")}]`;
}
