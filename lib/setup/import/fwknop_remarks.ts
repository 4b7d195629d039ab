/** What is said of fwknop's directives that have no counterpart, or only in part. */

import { escapeControls } from "../../core/printable.ts";
import type { Stanza } from "./fwknop_stanzas.ts";
import { commandsOf, openedPort, withOurPlaceholder } from "./fwknop_values.ts";

/** Comments of TOML, in the order of the directives; never a key is in one. */
export function directiveRemarks(stanza: Stanza): string[] {
  return stanza.flatMap(([name, value]) => remarksOnOne(name, value));
}

/** A command that closes what none has opened; ports that are left to a command. */
export function openingRemarks(values: ReadonlyMap<string, string>): string[] {
  const [start, stop] = commandsOf(values);
  const ports = values.get("OPEN_PORTS");
  if (start !== undefined) {
    return ports === undefined
      ? []
      : [`# OPEN_PORTS ${said(ports)}: left out: the command opens, not fwknopd`];
  }
  if (stop === undefined) return [];
  return [`# CMD_CYCLE_CLOSE ${said(stop)}: left out, as no command opens`];
}

const MAPPED = [
  "OPEN_PORTS",
  "FW_ACCESS_TIMEOUT",
  "REQUIRE_SOURCE_ADDRESS",
  "CMD_CYCLE_OPEN",
  "CMD_CYCLE_CLOSE",
  "CMD_CYCLE_TIMER",
];

/** How fwknop names its directives. */
const DIRECTIVE = /^(%\w+|[A-Z]+(_[A-Z0-9]+)*)$/;

/** What is said of a directive that is not, or not wholly, taken over; never a key. */
function remarksOnOne(name: string, value: string): string[] {
  // Such as a key on a line of its own.
  if (value === "" || !DIRECTIVE.test(name)) {
    return ["# a line that is not one of fwknop's: left out"];
  }
  if (name === "SOURCE") {
    return value === "ANY" ? [] : [
      `# SOURCE ${said(value)}: here secrets say who may knock, not addresses`,
    ];
  }
  if (name === "OPEN_PORTS") {
    const left = value.split(",").filter((port) => openedPort(port).length === 0);
    return left.map((port) =>
      `# OPEN_PORTS: ${said(port)} is no port of tcp or udp, left out`
    );
  }
  if (/^%include(_folder)?$/.test(name)) {
    return [`# ${name} ${said(value)}: not followed; knockd import what it names, too`];
  }
  if (/KEY|PASS|GPG|include_keys/.test(name)) return [`# ${name}: not taken over`];
  if (/\$[A-Z]/.test(withOurPlaceholder(value))) {
    return [
      `# ${name}: of its variables only $IP and $SRC have a counterpart, %IP%: look it over`,
    ];
  }
  return MAPPED.includes(name) ? [] : [`# ${name} ${said(value)}: no counterpart`];
}

function said(value: string): string {
  return escapeControls(value.trim().slice(0, 100));
}
