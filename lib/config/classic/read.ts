/**
 * The classic knockd.conf, read as knockd 0.8 reads it.
 *
 * @module
 */
import type { Door } from "../../core/door.ts";
import { DEFAULT_CONTROL, DEFAULT_STATE_DIR, type Options } from "../config.ts";
import { besideConfig, type Draft, type Position } from "../draft.ts";
import type { ClassicContext } from "./context.ts";
import { readClassicDoor } from "./door.ts";
import { readSections, type Section } from "./lines.ts";
import { interfaceProblem } from "../names.ts";
import type { Finding } from "../problems.ts";
import { unknownKey } from "../unknown_key.ts";

const OPTION_NAMES = ["usesyslog", "logfile", "pidfile", "interface"];

/** Reads a config; `configPath` is its own path, for the relative ones in it. */
export function readKnockdConf(text: string, configPath: string): Draft {
  const { sections, problems } = readSections(text);
  const findings: Finding[] = [];
  const places = new Map<string, Position & { readonly valueColumn?: number }>();
  const context: ClassicContext = {
    configPath,
    report: (finding) => findings.push(finding),
    place: (path, directive) => places.set(JSON.stringify(path), directive),
  };
  for (const [index, problem] of problems.entries()) {
    const path = ["line", index];
    places.set(JSON.stringify(path), problem);
    findings.push({ severity: "error", path, subject: [], message: problem.message });
  }
  const isOptions = (section: Section) => section.name.toLowerCase() === "options";
  const options = readOptions(sections.filter(isOptions), context);
  const doors: Door[] = [];
  const names = new Map<string, number>();
  for (const section of sections) {
    if (isOptions(section) || section.name === "") continue;
    const name = freeName(section.name, names);
    const path = ["doors", name];
    places.set(JSON.stringify(path), section);
    if (name !== section.name) {
      const message = `this name is taken; the door is called "${name}" from here on`;
      findings.push({ severity: "warning", path, message });
    }
    const door = readClassicDoor(name, section, context);
    if (door !== undefined) doors.push(door);
  }
  // knockd takes this directive in any section.
  const useSyslog = sections.some(({ directives }) =>
    directives.some(({ name, value }) => name === "usesyslog" && value === undefined)
  );
  return {
    options: { ...options, useSyslog },
    doors,
    findings,
    has: (path) => places.has(JSON.stringify(path)),
    locator: () => Promise.resolve((finding) => locate(finding, places)),
  };
}

function readOptions(sections: readonly Section[], context: ClassicContext): Options {
  const values = new Map<string, string>();
  for (const directive of sections.flatMap((section) => section.directives)) {
    const { name, value } = directive;
    const path = ["options", name];
    context.place(path, directive);
    const fail = (message: string, hint?: string) =>
      context.report({ severity: "error", path, message, ...(hint && { hint }) });
    if (!OPTION_NAMES.includes(name)) {
      context.report(unknownKey("directive", ["options"], name, OPTION_NAMES));
    } else if (name === "usesyslog" && value !== undefined) {
      fail("this directive has no value", "write UseSyslog alone on its line");
    } else if (name !== "usesyslog" && value === undefined) {
      fail("a value is missing", `${name} = …`);
    } else if (value) {
      values.set(name, value);
      const problem = name === "interface" ? interfaceProblem(value) : undefined;
      if (problem !== undefined) fail(problem);
    }
  }
  const file = (name: string) => besideConfig(values.get(name) ?? "", context.configPath);
  return {
    interfaces: [values.get("interface") ?? []].flat(),
    ...(values.has("logfile") && { logFile: file("logfile") }),
    logFormat: "text",
    useSyslog: false,
    ...(values.has("pidfile") && { pidFile: file("pidfile") }),
    stateDir: DEFAULT_STATE_DIR,
    control: DEFAULT_CONTROL,
    ignorePorts: [],
  };
}

/** knockd has nothing against two doors of one name; ours are told apart by it. */
function freeName(name: string, uses: Map<string, number>): string {
  for (let free = name;;) {
    const before = uses.get(free.toLowerCase()) ?? 0;
    uses.set(free.toLowerCase(), before + 1);
    if (before === 0) return free;
    free = `${name} (${before + 1})`;
  }
}

function locate(
  finding: Finding,
  places: ReadonlyMap<string, Position & { readonly valueColumn?: number }>,
): Position {
  for (let length = finding.path.length; length > 0; length--) {
    const place = places.get(JSON.stringify(finding.path.slice(0, length)));
    if (place === undefined) continue;
    const { line, column, valueColumn } = place;
    if (finding.atKey || valueColumn === undefined) return { line, column };
    const exact = length === finding.path.length;
    return { line, column: valueColumn + (exact ? finding.offset ?? 0 : 0) };
  }
  return { line: 0, column: 0 };
}
