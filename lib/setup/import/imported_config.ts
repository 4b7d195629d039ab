/** A config as a commented knock.toml that behaves the same. */

import { stringify } from "smol-toml";
import type { Config } from "../../config/config.ts";
import type { Advice } from "../../config/judge/advice.ts";
import { adviceOn } from "../../config/judge/door_advice.ts";
import { escapeControls } from "../../core/printable.ts";
import { formatKnock } from "../../core/sequence.ts";
import type { Problem } from "../../files/problem.ts";
import { doorLines } from "./imported_door.ts";

/** The text; warnings about a door, and what `check` advises, stand above it. */
export function tomlOf(config: Config, problems: readonly Problem[]): string {
  const advice = adviceOn(config.doors);
  const doors = config.doors.map((door) =>
    doorLines(door, [
      ...remarksOn(door.name, problems),
      ...advice.filter((given) => given.door === door.name).map(adviceLine),
    ]).join("\n")
  );
  const head = `# From ${oneLine(config.path)}, by knockd import.`;
  return `${[head, optionLines(config), ...doors].join("\n\n")}\n`;
}

function optionLines({ options }: Config): string {
  const { interfaces, logFile, logFormat, useSyslog, pidFile, ignorePorts } = options;
  const said = {
    ...interfaces.length === 0
      ? {}
      : { interface: interfaces.length === 1 ? interfaces[0]! : interfaces },
    ...logFile === undefined ? {} : { log_file: logFile },
    ...logFormat === "text" ? {} : { log_format: logFormat },
    ...useSyslog ? { use_syslog: true } : {},
    ...pidFile === undefined ? {} : { pid_file: pidFile },
    ...ignorePorts.length === 0 ? {} : { ignore_ports: ignorePorts.map(formatKnock) },
  };
  return stringify({ options: said }).trimEnd();
}

function remarksOn(door: string, problems: readonly Problem[]): string[] {
  const mine = problems.filter(({ message }) =>
    message.startsWith(`${door}.`) || message.startsWith(`${door}:`)
  );
  return mine.map(({ message, hint }) =>
    oneLine(hint === undefined ? message : `${message} (${hint})`)
  );
}

function adviceLine({ severity, message, hint }: Advice): string {
  return `${severity === "unsafe" ? "unsafe: " : ""}${message} (${hint})`;
}

function oneLine(text: string): string {
  return escapeControls(text.replaceAll(/\s+/g, " "));
}
