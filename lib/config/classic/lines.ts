/**
 * The lines of a classic knockd.conf: sections, and directives in them.
 *
 * @module
 */
import type { Position } from "../draft.ts";

/** `name = value`, or `name` alone. */
export interface Directive extends Position {
  /** The name in lower case. */
  readonly name: string;
  /** What is after the first `=`; `undefined` without one. */
  readonly value: string | undefined;
  /** Where the value starts. */
  readonly valueColumn: number;
}

/** A `[name]` and the directives below it. */
export interface Section extends Position {
  /** What is between the brackets. */
  readonly name: string;
  /** Its directives, in the order of the file. */
  readonly directives: readonly Directive[];
}

/** A line that is neither, or is where it can't be. */
export interface LineProblem extends Position {
  /** What is wrong. */
  readonly message: string;
}

/** Splits a config into its sections. White space is what C's isspace() says it is. */
export function readSections(
  text: string,
): { sections: Section[]; problems: LineProblem[] } {
  const sections: (Section & { directives: Directive[] })[] = [];
  const problems: LineProblem[] = [];
  for (const [index, raw] of text.replace(/^\uFEFF/, "").split("\n").entries()) {
    const { content, column } = trim(raw, 1);
    const at = { line: index + 1, column };
    if (content === "" || content.startsWith("#")) continue;
    if (content.startsWith("[") && content.endsWith("]")) {
      const name = content.slice(1, -1);
      if (name === "") problems.push({ ...at, message: "the section has no name" });
      sections.push({ ...at, name, directives: [] });
      continue;
    }
    const section = sections.at(-1);
    if (section === undefined) {
      const message = "this is before the first section, such as [options] or [openSSH]";
      problems.push({ ...at, message });
      // Without a section there is nothing to check the other lines against.
      break;
    }
    const equals = content.indexOf("=");
    const name = trim(equals < 0 ? content : content.slice(0, equals), 0).content;
    const value = equals < 0
      ? undefined
      : trim(content.slice(equals + 1), column + equals + 1);
    section.directives.push({
      ...at,
      name: name.toLowerCase(),
      value: value?.content,
      valueColumn: value?.column ?? column,
    });
  }
  return { sections, problems };
}

const SPACE = " \t\v\f\r";

function trim(text: string, column: number): { content: string; column: number } {
  let from = 0;
  let to = text.length;
  while (from < to && SPACE.includes(text.charAt(from))) from++;
  while (to > from && SPACE.includes(text.charAt(to - 1))) to--;
  return { content: text.slice(from, to), column: column + from };
}
