/** What is said of a command line that means something else than it says. */

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { nearest } from "../config/nearest.ts";
import { ownEntry } from "../core/own_entry.ts";
import { OTHER_OPTIONS, OTHER_WORDS } from "./other_words.ts";

/** What was meant by a word that is no command; nothing if that can't be told. */
export function meantBy(word: string, program?: CommandUnknownOpts): string | undefined {
  const known = word.toLowerCase();
  const isAnother = known !== word;
  if (isAnother && program?.commands.some((command) => command.name() === known)) {
    return `did you mean ${known}?`;
  }
  const ours = ownEntry(OTHER_WORDS, known);
  if (ours !== undefined) return ours;
  return /[./]|\.(conf|toml)$/.test(word)
    ? "knockd serve FILE runs a daemon with it, knockd check FILE looks at it"
    : undefined;
}

/** The command that a word nearly is, or begins, where the word is none. */
export function nearCommand(
  message: string,
  program: CommandUnknownOpts,
  args: readonly string[],
): string | undefined {
  const [, word = ""] = /unknown command '(.*?)'/.exec(message) ?? [];
  const names = meantCommand(program, args).command.commands.map((each) => each.name());
  const begun = word.length < 3 ? [] : names.filter((name) => name.startsWith(word));
  const near = begun.length === 1 ? begun[0] : nearest(word, names);
  return near === undefined ? undefined : `did you mean ${near}?`;
}

/** What was meant by an option that is no option: `-json`, `--JSON`, `--strict=yes`. */
export function meantOption(
  message: string,
  program: CommandUnknownOpts,
  args: readonly string[],
): string | undefined {
  const [, name = "", value] = /'-+([^'=]+)(=[^']*)?'/.exec(message) ?? [];
  const known = name.toLowerCase();
  const { command } = meantCommand(program, args);
  const names = command.options.flatMap(({ long }) => long?.slice(2) ?? []);
  if (value !== undefined && names.includes(known)) return `--${known} takes no value`;
  const other = ownEntry(OTHER_OPTIONS, known) ?? known;
  const near = names.includes(other)
    ? other
    : known.length > 2
    ? nearest(known, names)
    : undefined;
  return near === undefined ? undefined : `did you mean --${near}?`;
}

/** Where the words of the command that was meant are. */
export function helpHint(program: CommandUnknownOpts, args: readonly string[]): string {
  return ["knockd", ...meantCommand(program, args).names, "--help"].join(" ");
}

function meantCommand(program: CommandUnknownOpts, args: readonly string[]) {
  const names: string[] = [];
  let command = program;
  for (const word of args) {
    const next = command.commands.find((child) => child.name() === word);
    if (next === undefined) break;
    names.push(word);
    command = next;
  }
  return { names, command };
}
