/** A door as it would be written in knock.toml, with what the classic format implies. */

import { stringify } from "smol-toml";
import type { Command, Commands, Door } from "../../core/door.ts";
import { formatPortRange } from "../../core/firewall/port_range.ts";
import { formatSequence } from "../../core/sequence.ts";
import { formatTcpFlags } from "../../core/tcp_flags.ts";
import * as limits from "../../config/limits.ts";
import type { DoorFindingName } from "../../config/finding_names.ts";
import { plainOpening } from "../../config/judge/plain_opening.ts";
import { ignoringLines } from "./judged.ts";
import { tomlKey } from "../../config/toml/key.ts";

/** The door's lines; `remarks` stand above it as comments, `accepted` is what it ignores. */
export function doorLines(
  door: Door,
  remarks: readonly string[],
  accepted: readonly DoorFindingName[],
): string[] {
  return [
    ...remarks.map((remark) => `# ${remark}`),
    `[doors.${tomlKey(door.name)}]`,
    ...knockLines(door),
    ...commandLines(door),
    ...closingLines(door),
    ...ignoringLines(accepted),
    ...alternatives(door),
  ];
}

function knockLines(door: Door): string[] {
  const { key, seqTimeout, tolerance, target, kernel } = door;
  const flags = formatTcpFlags(door.tcpFlags);
  return [
    ...key.kind === "static" ? [line("sequence", formatSequence(key.sequence))] : [],
    ...key.kind === "file" ? [line("one_time_sequences", key.path)] : [],
    ...seqTimeout === limits.DEFAULT_SEQ_TIMEOUT ? [] : [line("seq_timeout", seqTimeout)],
    ...tolerance === limits.DEFAULT_TOLERANCE ? [] : [line("tolerance", tolerance)],
    ...flags === limits.DEFAULT_TCP_FLAGS
      ? []
      : [line("tcpflags", flags) + flagsRemark(flags)],
    ...target === undefined ? [] : [line("target", target.text)],
    ...kernel === undefined
      ? []
      : [line("open", kernel.ports.map(formatPortRange).join(", "))],
  ];
}

function flagsRemark(flags: string): string {
  return flags === ""
    ? '   # every TCP packet counts; "syn,!ack" hears new ones only'
    : "";
}

function commandLines({ start, stop }: Door): string[] {
  const lines = (name: string, commands: Commands | undefined) => [
    ...commands?.ipv4 === undefined ? [] : [line(name, commands.ipv4)],
    ...sixth(name, commands),
  ];
  // knockd 0.8 looks at no exit code; knock.toml has no word for that.
  const remark = start === undefined || stop === undefined
    ? []
    : ["# Here a start command that ends with anything but 0 closes the door again."];
  return [...remark, ...lines("start_command", start), ...lines("stop_command", stop)];
}

/** A command for IPv6 is said where it is another than the one for IPv4. */
function sixth(name: string, commands: Commands | undefined): string[] {
  if (commands === undefined) return [];
  const { ipv4, ipv6 } = commands;
  if (JSON.stringify(ipv4) === JSON.stringify(ipv6)) return [];
  return [line(`${name}_6`, ipv6 ?? "")];
}

function closingLines(door: Door): string[] {
  const { stop, kernel, cmdTimeout, maxOpen, cooldown } = door;
  const { commandTimeout, again, onExit } = door;
  return [
    ...stop === undefined && kernel === undefined ||
        cmdTimeout === limits.DEFAULT_CMD_TIMEOUT
      ? []
      : [line("cmd_timeout", cmdTimeout)],
    ...stop !== undefined && again === "run"
      ? [line("again", again) + "   # a knock on the open door runs the command again"]
      : [],
    ...commandTimeout === 0
      ? [line("command_timeout", 0) + "   # a command may run for ever; 30 would end it"]
      : [],
    ...maxOpen === limits.MAX_OPEN.default ? [] : [line("max_open", maxOpen)],
    ...cooldown === 0 ? [] : [line("cooldown", cooldown)],
    ...onExit === "close" ? [] : [line("on_exit", onExit)],
  ];
}

/** What would be safer, ready to be uncommented. */
function alternatives({ name, key, start }: Door): string[] {
  const port = plainOpening(start?.ipv4);
  const open = port === undefined ? [] : [
    "# In place of the commands, the kernel can open and close by itself:",
    `# ${line("open", port)}`,
  ];
  const once = key.kind === "otp" ? [] : [
    "# In place of the sequence, which whoever sees it can repeat, sequences that work",
    `# once; then: knockd enroll ${/^[\w.-]+$/.test(name) ? name : "DOOR"} CLIENT`,
    `# [doors.${tomlKey(name)}.otp]`,
  ];
  return [...open, ...once];
}

function line(key: string, value: Command | number): string {
  return stringify({ [key]: value }).trimEnd();
}
