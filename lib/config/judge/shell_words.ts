/**
 * The programs that a command runs, as a shell would part it into words. Nothing is expanded:
 * what a variable holds is the shell's.
 */

import { allCommands, type Command, type Door } from "../../core/door.ts";

/** One program and its arguments. */
export type Words = readonly string[];

const KEYWORDS = new Set([
  ...["if", "then", "else", "elif", "fi", "do", "done", "while", "until", "!", "{", "}"],
  ...["exec", "nohup", "command", "time"],
]);
const SHELL = /^(?:\/\S*\/)?(?:ba|da|k|z)?sh$/;
/** Shells that run shells are followed so deep. */
const DEEPEST = 4;

/** Each program of a command with its arguments, in the order they are written. */
export function programsOf(command: Command | undefined, depth = 0): Words[] {
  if (command === undefined || depth > DEEPEST) return [];
  const parts = typeof command === "string" ? simpleCommands(command) : [command];
  return parts.map(withoutPrefix).filter(([program]) => program !== undefined)
    .flatMap((words) => {
      const inner = shellText(words);
      return inner === undefined ? [words] : programsOf(inner, depth + 1);
    });
}

/** The same words without what only says who runs the program, and an option of that. */
export function withoutSudo(words: Words): Words {
  if (!/^(sudo|doas)$/.test(baseName(words[0]))) return words;
  return words.slice(1).filter((word, i) => i > 0 || !word.startsWith("-"));
}

/** The same of all commands of a door. */
export function programsOfDoor(door: Door): Words[] {
  return allCommands(door).flatMap((command) => programsOf(command));
}

/** The name of a program without its directory. */
export function baseName(program = ""): string {
  return program.slice(program.lastIndexOf("/") + 1);
}

/** The text that `sh -c TEXT` runs. */
function shellText([program = "", ...rest]: Words): string | undefined {
  if (!SHELL.test(program)) return undefined;
  const at = rest.findIndex((word) => /^-[a-z]*c$/.test(word));
  return at < 0 ? undefined : rest[at + 1];
}

/** Keywords and `NAME=value` before a program. */
function withoutPrefix(words: Words): Words {
  const first = words.findIndex((word) =>
    !KEYWORDS.has(word) && !/^[A-Za-z_]\w*=/.test(word)
  );
  return first < 0 ? [] : words.slice(first);
}

/** A quoted text, an escaped character, a comment, what parts commands, space, the rest. */
const TOKEN =
  /'([^']*)'|"((?:\\[^]|[^"\\])*)"|\\([^])|(?<=^|\s)#.*|(\d*(?:>>|>&|<&|>|<))|([;|&\n()]+)|(\s+)|([^\s'"\\;|&\n()<>]+)/gy;

function simpleCommands(text: string): string[][] {
  const commands: string[][] = [[]];
  let word: string | undefined;
  const end = () => {
    if (word !== undefined) commands.at(-1)!.push(word);
    word = undefined;
  };
  for (
    const [whole, single, double, escaped, arrow, parts, space, plain] of text.matchAll(
      TOKEN,
    )
  ) {
    const piece = single ?? double?.replaceAll(/\\(["\\$`])/g, "$1") ?? escaped ?? plain;
    if (piece !== undefined) word = (word ?? "") + piece;
    else end();
    if (arrow !== undefined) word = whole;
    if (parts !== undefined && space === undefined) commands.push([]);
  }
  end();
  return commands.filter((words) => words.length > 0);
}
