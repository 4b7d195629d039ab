/**
 * fwknop's access.conf as a commented knock.toml, as far as it maps: ports, times and
 * commands do; keys don't, as each client gets a secret of its own.
 */

import { stringify } from "smol-toml";
import { MAX_SECONDS } from "../../config/limits.ts";
import { escapeControls } from "../../core/printable.ts";
import { directiveRemarks, openingRemarks } from "./fwknop_remarks.ts";
import { type Stanza, stanzasOf } from "./fwknop_stanzas.ts";
import { commandsOf, openedPort, withOurPlaceholder } from "./fwknop_values.ts";
import { acceptable, ignoringLines, judge, type Judged } from "./judged.ts";

/** fwknopd's port, and its time for a door that says none. */
const FWKNOP_PORT = 62_201;
const FWKNOP_SECONDS = 30;

/** The knock.toml; what does not map, or is unwise, is said beside its door. */
export function tomlOfAccessConf(text: string, path: string): string {
  return tomlText(text, path, judge(tomlText(text, path, []), path));
}

function tomlText(text: string, path: string, judged: readonly Judged[]): string {
  const [before = [], ...stanzas] = stanzasOf(text);
  const doors = stanzas.map((stanza, index) => doorText(stanza, index + 1, judged));
  const head = [
    `# From ${escapeControls(path)}, by knockd import.`,
    "# fwknop's keys are not taken over: each client gets a secret of its own, by",
    "# knockd enroll DOOR CLIENT, and knocks with knockd knock --otp.",
    ...directiveRemarks(before),
  ];
  return `${[head.join("\n"), ...doors].join("\n\n")}\n`;
}

function doorText(stanza: Stanza, number: number, judged: readonly Judged[]): string {
  const values = new Map(stanza);
  const name = `door${number}`;
  const opens = openLines(values);
  return [
    ...directiveRemarks(stanza),
    ...openingRemarks(values),
    ...judged.filter(({ door }) => door === name).map(({ line }) => `# ${line}`),
    `[doors.${name}]`,
    ...opens,
    ...(opens.length > 0 ? [] : [values.has("FORCE_NAT") ? FORWARDED : NOTHING]),
    ...isTimed(opens) ? [timeoutLine(values)] : [],
    ...ignoringLines(acceptable(judged, name)),
    `[doors.${name}.otp]`,
    line("packet", FWKNOP_PORT) + "   # single packets, as fwknop's, to its port",
    ...isBound(values) ? [BOUND] : [],
  ].join("\n");
}

/** Whoever holds a packet back must not open the door for an address of their own. */
function isBound(values: ReadonlyMap<string, string>): boolean {
  return /^y/i.test(values.get("REQUIRE_SOURCE_ADDRESS") ?? "");
}

const BOUND =
  "bind_source = true   # behind NAT a client says its outer address: --source-ip";

/** A command that nothing undoes has no time; what is still to be written may have one. */
function isTimed(opens: readonly string[]): boolean {
  return opens.length !== 1 || !opens[0]!.startsWith("start_command");
}

/** Fwknopd takes the digits of a number and leaves what follows them. */
function timeoutLine(values: ReadonlyMap<string, string>): string {
  const name = commandsOf(values)[0] ? "CMD_CYCLE_TIMER" : "FW_ACCESS_TIMEOUT";
  const seconds = parseInt(values.get(name) ?? "", 10);
  return line(
    "cmd_timeout",
    seconds > 0 ? Math.min(seconds, MAX_SECONDS) : FWKNOP_SECONDS,
  );
}

const NOTHING =
  "# No OPEN_PORTS: fwknop's clients say which port. Here a door has its ports: open = 22";

/** Its ports are another host's: to shut those of this one would lock out its own users. */
const FORWARDED =
  "# FORCE_NAT forwards to another host: here a start_command and a stop_command do that";

function openLines(values: ReadonlyMap<string, string>): string[] {
  const [start, stop] = commandsOf(values);
  if (start === undefined) {
    if (values.has("FORCE_NAT")) return [];
    const ports = values.get("OPEN_PORTS")?.split(",").flatMap(openedPort) ?? [];
    return ports.length === 0 ? [] : [line("open", ports.join(", "))];
  }
  return [
    commandLine("start", start),
    ...(stop === undefined ? [] : [commandLine("stop", stop)]),
  ];
}

function commandLine(kind: "start" | "stop", command: string): string {
  return line(`${kind}_command`, withOurPlaceholder(command));
}

function line(key: string, value: string | number): string {
  return stringify({ [key]: value }).trimEnd();
}
