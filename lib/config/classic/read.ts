/** The classic knockd.conf, read as knockd 0.8 reads it. */

import type { Door } from "../../core/door.ts";
import type { Draft } from "../draft.ts";
import { locate, type Place } from "../place.ts";
import type { ClassicContext } from "./context.ts";
import { readClassicDoor } from "./door.ts";
import { readSections, type Section } from "./lines.ts";
import { readClassicOptions } from "./options.ts";
import type { Finding } from "../problems.ts";

/**
 * Reads a config; `configPath` is its own path, for the relative ones in it. Lines that are
 * not UTF-8 were read as Latin-1, which matters where they are no comments.
 */
export function readKnockdConf(
  text: string,
  configPath: string,
  latin1Lines: readonly number[] = [],
): Draft {
  const { sections, problems, said } = readSections(text);
  const findings: Finding[] = [];
  const places = new Map<string, Place>();
  const context: ClassicContext = {
    configPath,
    report: (finding) => findings.push(finding),
    place: (path, { line, column, valueColumn }) =>
      places.set(JSON.stringify(path), {
        line,
        column,
        within: (offset) => ({ line, column: valueColumn + offset }),
      }),
  };
  for (const [index, { message, hint, ...at }] of problems.entries()) {
    const path = ["line", index];
    places.set(JSON.stringify(path), at);
    findings.push({
      severity: "error",
      path,
      subject: [],
      message,
      ...(hint !== undefined && { hint }),
    });
  }
  for (const line of latin1Lines.filter((line) => said.has(line))) {
    const path = ["bytes", line];
    places.set(JSON.stringify(path), { line, column: 1 });
    const message = "this line is not UTF-8; it is read as Latin-1";
    findings.push({ severity: "warning", path, subject: [], message });
  }
  const isOptions = (section: Section) => section.name.toLowerCase() === "options";
  const options = readClassicOptions(
    sections.filter(isOptions).flatMap(({ directives }) => directives),
    context,
  );
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
    locator: () =>
      Promise.resolve((finding) =>
        locate(finding, (path) => places.get(JSON.stringify(path)))
      ),
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
