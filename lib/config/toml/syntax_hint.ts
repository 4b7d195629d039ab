/** What is wrong where the TOML parser only says that something is. */

import { quoted } from "../../core/printable.ts";
import { ODD_SPACE, ODD_SPACE_HINT } from "../odd_space.ts";

/** A mistake that a line shows, and what to write instead. */
interface Mistake {
  readonly line: RegExp;
  readonly hint: string;
}

/** The first that fits is said. */
const MISTAKES: readonly Mistake[] = [
  { line: /[“”„‘’«»]/, hint: `write " in the place of the curly quotes` },
  { line: ODD_SPACE, hint: ODD_SPACE_HINT },
  {
    line: /\r(?!$)/,
    hint: "lines end with a newline, not with a carriage return alone: save it anew",
  },
  { line: /^\s*(;|\/\/)/, hint: "a comment starts with #" },
  {
    line: /^\s*[{}]/,
    hint:
      "this looks like JSON; TOML has key = value, and [doors.ssh] above a door's keys",
  },
  {
    line: /^\s*(- |[\w-]+:(\s|$))/,
    hint:
      "this looks like YAML; TOML has key = value, and [doors.ssh] above a door's keys",
  },
  {
    line: /=\s*[-+]?\d+\s*[a-z]+\s*(#.*)?$/i,
    hint: "a number of seconds has no unit: 30",
  },
  {
    line: /=\s*\d{1,5}\s*,/,
    hint: 'several ports stand in quotes or in brackets: "7000,8000" or [7000, 8000]',
  },
  {
    line: /=\s*\{[^}]*$/,
    hint: "the closing } is missing: such a table ends on the line it begins on",
  },
  {
    line: /^\s*\[[^\]"']*[^\]"'.\s]\s+[^\]"'.\s][^\]"']*\]/,
    hint: 'a name with a space stands in quotes: [doors."my door"]',
  },
  {
    line: /^\s*\[+[^\]"'#]*[^\]\w."'#\s-]/,
    hint: 'a name with more than A-Z a-z 0-9 _ - stands in quotes: [doors."café"]',
  },
  {
    line: /=\s*\[[^\]#]*[\w"']\s+[\w"']/,
    hint: 'commas stand between values: [7000, "8000:udp", 9000]',
  },
  { line: /=\s*[-+]?\d{16,}/, hint: "no number here has so many digits" },
  { line: /=\s*(#.*)?$/, hint: "a value is missing behind the =" },
  { line: /=\s*(yes|no|on|off)\s*(#.*)?$/i, hint: "write true or false" },
  { line: /=\s*(true|false)\b/i, hint: "true and false are written in small letters" },
  { line: /=\s*[A-Za-z/%$][^"']*$/, hint: 'a text stands in quotes: "…"' },
  {
    line: /^[^="'#]*=[^"'#]*\d[-:./]\w/,
    hint: 'a text stands in quotes, as "8000-8010" and "192.0.2.0/24"',
  },
  { line: /=\s*"[^"]*$|=\s*'[^']*$/, hint: "the closing quote is missing" },
  { line: /^\s*\[[^\]]*$/, hint: "the closing ] is missing" },
  { line: /^\s*[\w-]+\s+[^=]*$/, hint: "an = stands between a key and its value" },
];

/** What to write instead in a line that is wrong, as the parser's message has it. */
export function syntaxHint(message: string, wrong: string): { hint?: string } {
  if (/escape/.test(message)) {
    return { hint: String.raw`a backslash is written \\, or the text in single quotes` };
  }
  if (/unsafe property/.test(message)) {
    return {
      hint: "nothing can be called constructor or __proto__: choose another name",
    };
  }
  const told = twice(wrong) ?? MISTAKES.find(({ line }) => line.test(wrong))?.hint;
  return told === undefined ? {} : { hint: told };
}

/** What is said of a table or a key that is there already. */
export function repeatedHint(message: string, wrong: string): { hint?: string } {
  if (!/redefine/.test(message)) return {};
  const [, table] = /^\s*\[+([^\]]+)\]/.exec(wrong) ?? [];
  return {
    hint: table === undefined
      ? "a key is written once"
      : `put all keys of ${quoted(table)} under its first mention, or name another door`,
  };
}

/** Two assignments in one line, where a line break was lost. */
function twice(wrong: string): string | undefined {
  return /^\s*[\w-]+\s*=\s*("[^"]*"|\d+)\s+[\w-]+\s*=/.test(wrong)
    ? "each key has a line of its own"
    : undefined;
}
