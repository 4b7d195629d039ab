/** The lines of a classic knockd.conf: sections, and directives in them. */

import type { Position } from "../draft.ts";
import { ODD_SPACE, ODD_SPACE_HINT } from "../odd_space.ts";
import { isDirective } from "./names.ts";

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
  readonly message: string;
  readonly hint?: string;
}

/** What a config is made of. */
export interface Lines {
  /** The sections in the order of the file. */
  readonly sections: readonly Section[];
  /** What could not be read. */
  readonly problems: readonly LineProblem[];
  /** The numbers of the lines that say something. */
  readonly said: ReadonlySet<number>;
}

/** A line without the white space around it, and where it is. */
interface Line extends Position {
  readonly content: string;
}

/** Splits a config into its sections. White space is what C's isspace() says it is. */
export function readSections(text: string): Lines {
  const sections: (Section & { directives: Directive[] })[] = [];
  const problems: LineProblem[] = [];
  const said = new Set<number>();
  const lines = text.replace(/^\uFEFF/, "").split("\n").map((raw, index) => ({
    line: index + 1,
    ...trim(raw, 1),
  }));
  for (let index = 0; index < lines.length; index++) {
    const odd = oddSpaces(lines[index]!);
    if (odd !== undefined) problems.push(odd.problem);
    const line = odd?.meant ?? lines[index]!;
    const { content, ...at } = line;
    if (isBlank(content)) continue;
    said.add(at.line);
    const comment = foreignComment(line);
    if (comment !== undefined) problems.push(comment);
    else if (content.startsWith("[")) {
      const { name, problem } = readHead(line);
      if (problem !== undefined) problems.push(problem);
      sections.push({ ...at, name, directives: [] });
    } else if (sections.length === 0) {
      const message = "this is before the first section, such as [options] or [openSSH]";
      const hint = "knockd import makes a knock.toml of fwknop's access.conf";
      problems.push({
        ...at,
        message,
        ...(/^(SOURCE|%include)\b/.test(content) && { hint }),
      });
      // Without a section there is nothing to check the other lines against.
      break;
    } else {
      sections.at(-1)!.directives.push(readDirective(line));
      const more = continuationLines(lines, index);
      if (more > 0) problems.push(continued(line));
      index += more;
    }
  }
  return { sections, problems, said };
}

function isBlank(content: string): boolean {
  return content === "" || content.startsWith("#");
}

/** What is before a value, or the whole line if there is none. */
const BEFORE_VALUE = new RegExp(`^[^=]*=?(\\s|${ODD_SPACE.source})*`);

/** Spaces before a value that are none, and the line as it was meant. */
function oddSpaces(
  { content, line, column }: Line,
): { problem: LineProblem; meant: Line } | undefined {
  const [before = ""] = BEFORE_VALUE.exec(content) ?? [];
  const at = before.search(ODD_SPACE);
  if (at < 0 || /^[#[]/.test(content)) return undefined;
  const meant = before.replaceAll(new RegExp(ODD_SPACE, "g"), " ") +
    content.slice(before.length);
  const message = "this line can't be read";
  return {
    problem: { line, column: column + at, message, hint: ODD_SPACE_HINT },
    meant: { line, ...trim(meant, column) },
  };
}

function foreignComment({ content, line, column }: Line): LineProblem | undefined {
  const [mark] = /^(;|\/\/)/.exec(content) ?? [];
  if (mark === undefined) return undefined;
  const message = `a comment starts with #, not with ${mark}`;
  return { line, column, message, hint: `put a # in the place of the ${mark}` };
}

/** `[name]`; of `[name] # door` the name is taken all the same, for what is below it. */
function readHead(
  { content, line, column }: Line,
): { name: string; problem?: LineProblem } {
  const end = content.endsWith("]") ? content.length - 1 : content.indexOf("]");
  const name = content.slice(1, end < 0 ? undefined : end);
  const problem = (message: string, hint: string, at = 0) => ({
    name,
    problem: { line, column: column + at, message, hint },
  });
  if (end < 0) {
    return problem("the bracket is not closed", "[name] stands alone on its line");
  }
  if (name === "") {
    return problem("the section has no name", "[options], or the name of a door");
  }
  if (end === content.length - 1) return { name };
  const hint = "a comment has a line of its own, and so has a directive";
  return problem("nothing can follow a section's name on its line", hint, end + 1);
}

function readDirective({ content, line, column }: Line): Directive {
  const equals = content.indexOf("=");
  const name = trim(equals < 0 ? content : content.slice(0, equals), 0).content;
  const value = equals < 0 ? undefined : trim(content.slice(equals + 1), equals + 1);
  return {
    line,
    column,
    name: name.toLowerCase(),
    value: value?.content,
    valueColumn: column + (value?.column ?? 0),
  };
}

/** How many lines go on with one that ends with a backslash, as its writer meant it. */
function continuationLines(lines: readonly Line[], from: number): number {
  let count = 0;
  while (lines[from + count]!.content.endsWith("\\")) {
    const next = lines[from + count + 1]?.content ?? "";
    if (isBlank(next) || next.startsWith("[") || isDirective(next)) break;
    count++;
  }
  return count;
}

function continued({ content, line, column }: Line): LineProblem {
  const message = "a line can't be continued on the next one";
  const hint = "write it in one line, or put the command into a script";
  return { line, column: column + content.length - 1, message, hint };
}

const SPACE = " \t\v\f\r";

function trim(text: string, column: number): { content: string; column: number } {
  let from = 0;
  let to = text.length;
  while (from < to && SPACE.includes(text.charAt(from))) from++;
  while (to > from && SPACE.includes(text.charAt(to - 1))) to--;
  return { content: text.slice(from, to), column: column + from };
}
