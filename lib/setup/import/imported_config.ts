/** A config as a commented knock.toml that behaves the same. */

import { stringify } from "smol-toml";
import type { Config } from "../../config/config.ts";
import { isFindingName, severityOf } from "../../config/finding_names.ts";
import type { Advice } from "../../config/judge/advice.ts";
import { adviceOn } from "../../config/judge/door_advice.ts";
import { defined } from "../../core/defined.ts";
import { escapeControls } from "../../core/printable.ts";
import { formatKnock } from "../../core/sequence.ts";
import type { Problem } from "../../files/problem.ts";
import { doorLines } from "./imported_door.ts";
import { acceptable, judge, type Judged } from "./judged.ts";

/**
 * The text; warnings about a door, and what `check` advises, stand above it. Of those that
 * are not unsafe `check` is silent then.
 */
export function tomlOf(config: Config, problems: readonly Problem[]): string {
  const judged = judge(textOf(config, problems, []), config.path);
  return textOf(config, problems, judged);
}

function textOf(
  config: Config,
  problems: readonly Problem[],
  judged: readonly Judged[],
): string {
  const advice = adviceOn(config.doors);
  const doors = config.doors.map((door) => {
    const remarks = [
      ...problems.filter((problem) => problem.door === door.name).map(problemLine),
      ...advice.filter((given) => given.door === door.name).map(adviceLine),
    ];
    return doorLines(door, remarks, acceptable(judged, door.name)).join("\n");
  });
  const head = `# From ${oneLine(config.path)}, by knockd import.`;
  return `${[head, optionLines(config), ...doors].join("\n\n")}\n`;
}

function optionLines({ options }: Config): string {
  const { interfaces, logFile, logFormat, useSyslog, pidFile, ignorePorts } = options;
  const said = defined({
    interface: interfaces.length > 1 ? interfaces : interfaces[0],
    log_file: logFile,
    log_format: logFormat === "text" ? undefined : logFormat,
    use_syslog: useSyslog || undefined,
    pid_file: pidFile,
    ignore_ports: ignorePorts.length === 0 ? undefined : ignorePorts.map(formatKnock),
  });
  return stringify({ options: said }).trimEnd();
}

function problemLine({ name = "", message, hint }: Problem): string {
  const isUnsafe = isFindingName(name) && severityOf(name) === "unsafe";
  const more = hint === undefined ? "" : ` (${hint})`;
  return oneLine(`${isUnsafe ? "unsafe: " : ""}${message}${more}`);
}

function adviceLine({ severity, message, hint }: Advice): string {
  return `${severity === "unsafe" ? "unsafe: " : ""}${message} (${hint})`;
}

function oneLine(text: string): string {
  return escapeControls(text.replaceAll(/\s+/g, " "));
}
