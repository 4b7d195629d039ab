/** The `[options]` of the classic knockd.conf. */

import { HISTORY_DAYS, HISTORY_ROWS } from "../limits.ts";
import { DEFAULT_TABLE } from "../../core/firewall/table_name.ts";
import type { Options } from "../config.ts";
import { besideConfig } from "../draft.ts";
import { interfaceProblem } from "../interface_name.ts";
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
  checkInterface(values.get("interface"), context);
  const file = (name: string) => besideConfig(values.get(name) ?? "", context.configPath);
  return {
    interfaces: [values.get("interface") ?? []].flat(),
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
  if (values.has(name)) {
    const message = `${name} is said twice; this one holds`;
    report({ severity: "warning", path, atKey: true, message });
  }
  // What is empty is as good as not said, as in knockd 0.8.
  if (bare !== "") values.set(name, bare);
}

function checkInterface(name: string | undefined, { report }: ClassicContext): void {
  const problem = name === undefined ? undefined : interfaceProblem(
    name,
    () => "interface = any listens on all of them; -i takes one for each daemon",
  );
  if (problem === undefined) return;
  report({ severity: "error", path: ["options", "interface"], ...problem });
}
