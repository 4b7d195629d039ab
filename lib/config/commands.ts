/** Which command runs for whom: knockd's rules for the `_6` variants. */

import type { Command, Commands } from "../core/door.ts";

/** The command keys of a door, aliases resolved. */
export interface CommandKeys {
  /** `start_command` or `command`. */
  readonly start?: Command | undefined;
  /** `start_command_6` or `command_6`. */
  readonly start6?: Command | undefined;
  /** `stop_command`. */
  readonly stop?: Command | undefined;
  /** `stop_command_6`. */
  readonly stop6?: Command | undefined;
}

/** The commands of a door, for each IP version. */
export interface DoorCommands {
  readonly start?: Commands;
  readonly stop?: Commands;
  /** Stop commands that never run, for want of a start command. */
  readonly unpaired: readonly ("stop_command" | "stop_command_6")[];
}

/**
 * An IPv6 knocker runs the `_6` command where there is one, else the plain one; an empty
 * one does nothing. As in knockd, nothing closes that no command opened.
 */
export function resolveCommands(keys: CommandKeys): DoorCommands {
  const start = pair(keys.start, keys.start6 ?? keys.start);
  const stop = pair(keys.stop, keys.stop6 ?? keys.stop);
  const unpaired: DoorCommands["unpaired"][number][] = [];
  if (stop?.ipv4 !== undefined && start?.ipv4 === undefined) {
    unpaired.push("stop_command");
  }
  if (keys.stop6 !== undefined && stop?.ipv6 !== undefined && start?.ipv6 === undefined) {
    unpaired.push("stop_command_6");
  }
  const paired = pair(start?.ipv4 && stop?.ipv4, start?.ipv6 && stop?.ipv6);
  return { ...(start && { start }), ...(paired && { stop: paired }), unpaired };
}

function pair(
  ipv4: Command | undefined,
  ipv6: Command | undefined,
): Commands | undefined {
  const four = filled(ipv4);
  const six = filled(ipv6);
  if (four === undefined && six === undefined) return undefined;
  return {
    ...(four !== undefined && { ipv4: four }),
    ...(six !== undefined && { ipv6: six }),
  };
}

function filled(command: Command | undefined): Command | undefined {
  return typeof command === "string" && command.trim() === "" ? undefined : command;
}
