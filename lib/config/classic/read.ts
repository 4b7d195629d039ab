/** The classic knockd.conf, read as knockd 0.8 reads it. */

import type { Door } from "../../core/door.ts";
import type { Draft } from "../draft.ts";
import { locate, type Place } from "../place.ts";
import type { ClassicContext } from "./context.ts";
import { readClassicDoor } from "./door.ts";
import { type Lines, readSections, type Section } from "./lines.ts";
import { readClassicOptions } from "./options.ts";
import type { Finding, Path } from "../problems.ts";

/**
 * Reads a config; `configPath` is its own path, for the relative ones in it. Lines that are
 * not UTF-8 were read as Latin-1, which matters where they are no comments.
 */
export function readKnockdConf(
  text: string,
  configPath: string,
  latin1Lines: readonly number[] = [],
): Draft {
  const lines = readSections(text);
  const found = new Found();
  const context: ClassicContext = {
    configPath,
    report: (finding) => found.findings.push(finding),
    place: (path, { line, column, valueColumn }) =>
      found.place(path, {
        line,
        column,
        within: (offset) => ({ line, column: valueColumn + offset }),
      }),
  };
  noteLines(lines, latin1Lines, found);
  const { sections } = lines;
  const ofOptions = sections.filter(isOptions).flatMap(({ directives }) => directives);
  return {
    options: {
      ...readClassicOptions(ofOptions, context),
      useSyslog: sections.some(asksForSyslog),
    },
    doors: readDoors(sections, context, found),
    findings: found.findings,
    has: (path) => found.placeOf(path) !== undefined,
    locator: () =>
      Promise.resolve((finding) => locate(finding, (path) => found.placeOf(path))),
  };
}

/** What is wrong so far, and where what was said stands. */
class Found {
  readonly findings: Finding[] = [];
  readonly #places = new Map<string, Place>();

  place(path: Path, place: Place): void {
    this.#places.set(JSON.stringify(path), place);
  }

  placeOf(path: Path): Place | undefined {
    return this.#places.get(JSON.stringify(path));
  }
}

/** Lines that are no directives, and those in another encoding. */
function noteLines(
  { problems, said }: Lines,
  latin1Lines: readonly number[],
  found: Found,
): void {
  for (const [index, { message, hint, ...at }] of problems.entries()) {
    const path = ["line", index];
    found.place(path, at);
    const more = hint === undefined ? {} : { hint };
    found.findings.push({ severity: "error", path, subject: [], message, ...more });
  }
  for (const line of latin1Lines.filter((line) => said.has(line))) {
    const path = ["bytes", line];
    found.place(path, { line, column: 1 });
    const message = "this line is not UTF-8; it is read as Latin-1";
    found.findings.push({ severity: "warning", path, subject: [], message });
  }
}

function isOptions({ name }: Section): boolean {
  return name.toLowerCase() === "options";
}

/** knockd takes this directive in any section. */
function asksForSyslog({ directives }: Section): boolean {
  return directives.some(({ name, value }) =>
    name === "usesyslog" && value === undefined
  );
}

function readDoors(
  sections: readonly Section[],
  context: ClassicContext,
  found: Found,
): Door[] {
  const doors: Door[] = [];
  const names = new Map<string, number>();
  const lines = new Map<string, number>();
  for (const section of sections) {
    if (isOptions(section) || section.name === "") continue;
    const name = freeName(section.name, names);
    const path = ["doors", name];
    found.place(path, section);
    const first = lines.get(section.name.toLowerCase());
    lines.set(name.toLowerCase(), section.line);
    if (first !== undefined) {
      const message = `the door of line ${first} has this name; ` +
        `this one is called "${name}" from here on`;
      const subject = ["doors", section.name];
      found.findings.push({ severity: "warning", path, subject, message });
    }
    const door = readClassicDoor(name, section, context);
    if (door !== undefined) doors.push(door);
  }
  return doors;
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
