/** The `[options]` of the classic knockd.conf. */

import { HISTORY_DAYS, HISTORY_ROWS } from "../limits.ts";
import { DEFAULT_TABLE } from "../../core/firewall/table_name.ts";
import type { Options } from "../config.ts";
import { besideConfig } from "../named_path.ts";
import { besideOthers, interfaceProblem, severalNames } from "../interface_name.ts";
import { unknownDirective } from "./unknown_directive.ts";
import type { ClassicContext } from "./context.ts";
import type { Directive } from "./lines.ts";
import { OPTION_NAMES } from "./names.ts";
import { quotesFinding } from "./values.ts";

/** Reads the directives of all sections of that name. */
export function readClassicOptions(
  directives: readonly Directive[],
  context: ClassicContext,
): Options {
  const values = new Map<string, string>();
  for (const directive of directives) {
    context.place(["options", directive.name], directive);
    hear(directive, values, context);
  }
  const file = (name: string) => besideConfig(values.get(name) ?? "", context.configPath);
  return {
    interfaces: readInterfaces(values.get("interface"), context),
    ...(values.has("logfile") && { logFile: file("logfile") }),
    logFormat: "text",
    logTime: "minute",
    useSyslog: false,
    ...(values.has("pidfile") && { pidFile: file("pidfile") }),
    historyDays: HISTORY_DAYS.default,
    historyRows: HISTORY_ROWS.default,
    table: DEFAULT_TABLE,
    ignorePorts: [],
  };
}

function hear(
  { name, value }: Directive,
  values: Map<string, string>,
  { report }: ClassicContext,
): void {
  const path = ["options", name];
  const fail = (message: string, hint: string) =>
    report({ severity: "error", path, message, hint });
  if (!OPTION_NAMES.includes(name)) {
    return report(unknownDirective(["options"], name, OPTION_NAMES));
  }
  if (name === "usesyslog") {
    if (value === undefined) return;
    return fail("this directive has no value", "write UseSyslog alone on its line");
  }
  if (value === undefined) return fail("a value is missing", `${name} = …`);
  const quotes = quotesFinding({ value, path });
  // knockd 0.8 runs with them, without the log file or where -i names the interface.
  if (quotes !== undefined) {
    report({ ...quotes, severity: "warning", message: "the quotes are left out" });
  }
  const bare = quotes === undefined ? value : value.slice(1, -1).trim();
  // Of interfaces knockd 0.8 takes the first, of files the last.
  const holds = name !== "interface" || !values.has(name);
  if (values.has(name)) {
    const message = `${name} is set twice; ${holds ? "this" : "the first"} one holds`;
    const hint = holds ? {} : { hint: "several stand on one line: eth0, wlan0" };
    report({ severity: "warning", path, atKey: true, message, ...hint });
  }
  // What is empty is as good as not said, as in knockd 0.8.
  if (bare !== "" && holds) values.set(name, bare);
}

/**
 * The names after `Interface`. knockd 0.8 takes what stands there for one name, and runs all
 * the same where `-i` gives another.
 */
function readInterfaces(said: string | undefined, { report }: ClassicContext): string[] {
  if (said === undefined) return [];
  const path = ["options", "interface"];
  const text = said.replace(/(?<!\S)#.*$/s, "").trimEnd();
  if (text !== said) {
    const message = "the comment is left out";
    const hint = "a comment stands on a line of its own";
    report({ severity: "warning", path, message, hint });
  }
  if (text === "") return [];
  const names = severalNames(text) ?? [text];
  for (const [index, name] of names.entries()) {
    const problem = interfaceProblem(name, () => "") ?? besideOthers(names, index);
    if (problem !== undefined) report({ severity: "error", path, ...problem });
  }
  return names;
}
