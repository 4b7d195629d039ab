/** Commands of doors, as lines for a config of either format. */

import { stringify } from "smol-toml";
import type { Command } from "../../core/door.ts";
import type { FirewallCommands } from "./firewall_door.ts";
import type { Config } from "../../config/config.ts";

/** A door, and the commands that it is to have. */
export interface NewCommands extends FirewallCommands {
  readonly door: string;
  /** Seconds from opening to closing. */
  readonly cmdTimeout: number;
}

/** The lines, each door's under its heading. */
export function commandLines(
  doors: readonly NewCommands[],
  format: Config["format"],
): string {
  const sections = doors.map(({ door, start, stop, cmdTimeout }) => {
    const keys: Record<string, Command | number> = {
      start_command: start.ipv4,
      stop_command: stop.ipv4,
      start_command_6: start.ipv6,
      stop_command_6: stop.ipv6,
      cmd_timeout: cmdTimeout,
    };
    return format === "toml"
      ? stringify({ doors: { [door]: keys } }).trimEnd()
      : classicSection(door, keys);
  });
  return sections.join("\n\n");
}

/** The classic format knows shell lines only. */
function classicSection(door: string, keys: Record<string, Command | number>): string {
  const lines = Object.entries(keys).map(([key, value]) =>
    `\t${key} = ${typeof value === "object" ? value.map(shellWord).join(" ") : value}`
  );
  return [`[${door}]`, ...lines].join("\n");
}

function shellWord(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
