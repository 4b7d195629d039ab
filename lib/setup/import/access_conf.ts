/**
 * fwknop's access.conf as a commented knock.toml, as far as it maps: ports, times and
 * commands do; keys don't, as each client gets a secret of its own.
 */

import { stringify } from "smol-toml";
import { MAX_SECONDS } from "../../config/limits.ts";
import { escapeControls } from "../../core/printable.ts";
import { acceptable, ignoringLines, judge, type Judged } from "./judged.ts";

/** fwknopd's port, and its time for a door that says none. */
const FWKNOP_PORT = 62_201;
const FWKNOP_SECONDS = 30;

/** What fwknopd puts the knocker's address in the place of, whatever follows it. */
const ADDRESS = /\$(?:IP|SRC|PKT_SRC)/g;

/** A stanza: its directives in their order. */
type Stanza = readonly (readonly [name: string, value: string])[];

/** Whether a text is an access.conf: nothing else has lines that begin so. */
export function isAccessConf(text: string): boolean {
  return lines(text).some((line) => /^(SOURCE[:\s]|%include)/.test(line));
}

/** Whether a text is a .fwknoprc, which fwknop's client reads. */
export function isFwknopRc(text: string): boolean {
  return lines(text).some((line) => /^(SPA_SERVER|ALLOW_IP|USE_HMAC)[:\s]/.test(line));
}

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
    ...before.flatMap(([name, value]) => remarks(name, value)),
  ];
  return `${[head.join("\n"), ...doors].join("\n\n")}\n`;
}

/** As fwknopd reads them: to the first semicolon. */
function lines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.replace(/;.*/s, "").trim());
}

/** The stanzas; the first is what stands before any, and opens nothing. */
function stanzasOf(text: string): Stanza[] {
  const all: [string, string][][] = [[]];
  for (const line of lines(text)) {
    const [, name = "", value = ""] = /^(\S+?):?(?:\s+(.*))?$/.exec(line) ?? [];
    if (name === "SOURCE") all.push([]);
    all.at(-1)!.push([name, value]);
  }
  return all;
}

function doorText(stanza: Stanza, number: number, judged: readonly Judged[]): string {
  const values = new Map(stanza);
  const name = `door${number}`;
  const opens = openLines(values);
  return [
    ...stanza.flatMap(([key, value]) => remarks(key, value)),
    ...unopened(values),
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

/** Who holds a packet back must not open the door for an address of their own. */
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
    const ports = values.get("OPEN_PORTS")?.split(",").flatMap(portOf) ?? [];
    return ports.length === 0 ? [] : [line("open", ports.join(", "))];
  }
  return [
    commandLine("start", start),
    ...(stop === undefined ? [] : [commandLine("stop", stop)]),
  ];
}

function commandsOf(values: ReadonlyMap<string, string>): (string | undefined)[] {
  return ["CMD_CYCLE_OPEN", "CMD_CYCLE_CLOSE"].map((name) => {
    const command = values.get(name);
    return command === "" || command === "NONE" ? undefined : command;
  });
}

/** A command that closes what none has opened; ports that are left to a command. */
function unopened(values: ReadonlyMap<string, string>): string[] {
  const [start, stop] = commandsOf(values);
  const ports = values.get("OPEN_PORTS");
  if (start !== undefined) {
    return ports === undefined
      ? []
      : [`# OPEN_PORTS ${said(ports)}: left out, as the command opens, and fwknopd not`];
  }
  if (stop === undefined) return [];
  return [`# CMD_CYCLE_CLOSE ${said(stop)}: left out, as no command opens`];
}

/** `tcp/22` as `22`, `udp/53` as `53:udp`; what is neither is left out, and said. */
function portOf(text: string): string[] {
  const [, protocol = "", port = ""] =
    /^\s*(tcp|udp)\/(\d{1,5})\s*(?:#.*)?$/i.exec(text) ?? [];
  if (Number(port) < 1 || Number(port) > 65_535) return [];
  return [protocol.toLowerCase() === "udp" ? `${port}:udp` : port];
}

function commandLine(kind: "start" | "stop", command: string): string {
  return line(`${kind}_command`, command.replaceAll(ADDRESS, "%IP%"));
}

const MAPPED = [
  "OPEN_PORTS",
  "FW_ACCESS_TIMEOUT",
  "REQUIRE_SOURCE_ADDRESS",
  "CMD_CYCLE_OPEN",
  "CMD_CYCLE_CLOSE",
  "CMD_CYCLE_TIMER",
];

/** What fwknop calls its directives like. */
const DIRECTIVE = /^(%\w+|[A-Z]+(_[A-Z0-9]+)*)$/;

/** What is said of a directive that is not, or not wholly, taken over; never a key. */
function remarks(name: string, value: string): string[] {
  // Such as a key on a line of its own.
  if (value === "" || !DIRECTIVE.test(name)) {
    return ["# a line that is none of fwknop's: left out"];
  }
  if (name === "SOURCE") {
    return value === "ANY" ? [] : [
      `# SOURCE ${said(value)}: here who may knock is told by secrets, not by addresses`,
    ];
  }
  if (name === "OPEN_PORTS") {
    const left = value.split(",").filter((port) => portOf(port).length === 0);
    return left.map((port) =>
      `# OPEN_PORTS: ${said(port)} is no port of tcp or udp, left out`
    );
  }
  if (/^%include(_folder)?$/.test(name)) {
    return [`# ${name} ${said(value)}: not followed; knockd import what it names, too`];
  }
  if (/KEY|PASS|GPG|include_keys/.test(name)) return [`# ${name}: not taken over`];
  if (/\$[A-Z]/.test(value.replaceAll(ADDRESS, ""))) {
    return [
      `# ${name}: of its variables only $IP and $SRC have a counterpart, %IP%: look it over`,
    ];
  }
  return MAPPED.includes(name) ? [] : [`# ${name} ${said(value)}: no counterpart`];
}

function said(value: string): string {
  return escapeControls(value.trim().slice(0, 100));
}

function line(key: string, value: string | number): string {
  return stringify({ [key]: value }).trimEnd();
}
