/** Completion for fish. */

import {
  type CommandWords,
  type OptionWords,
  pathsOf,
  sourceOf,
} from "../program_words.ts";

/** The script; it goes to `~/.config/fish/completions/knockd.fish` or the system's. */
export function fishCompletion(program: CommandWords): string {
  const lines = pathsOf(program).flatMap(({ path, command }) => linesOf(path, command));
  return `# fish completion for knockd: knockd completions fish > ~/.config/fish/completions/knockd.fish

complete -c knockd -f
function __knockd_client_names
    set -l words (commandline -opc)
    knockd completions names clients $words[3] 2>/dev/null
end
${lines.join("\n")}
`;
}

function linesOf(path: readonly string[], command: CommandWords): string[] {
  const here = condition(path, command);
  const commands = command.commands.map(({ name, description }) =>
    `complete -c knockd -n ${quote(here)} -a ${name} -d ${quote(description)}`
  );
  const options = command.options.map((option) => optionLine(here, option, path));
  const sources = new Set(command.operands.map(({ name }) => sourceOf(name, path)));
  const operands = [...sources].filter((source) => source !== "nothing").map((source) =>
    source === "files"
      ? `complete -c knockd -n ${quote(here)} -F`
      : `complete -c knockd -n ${quote(here)} -a ${quote(namesOf(source))}`
  );
  return [...commands, ...options, ...operands];
}

/** That the line so far leads to this command and to none below it. */
function condition(path: readonly string[], command: CommandWords): string {
  if (path.length === 0) return "__fish_use_subcommand";
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  const below = command.commands.map(({ name }) => name).join(" ");
  const none = below === "" ? [] : [`not __fish_seen_subcommand_from ${below}`];
  return [...seen, ...none].join("; and ");
}

function optionLine(here: string, option: OptionWords, path: readonly string[]): string {
  const { short, long, value, description } = option;
  const names = `${short === undefined ? "" : `-s ${short.slice(1)} `}-l ${
    long.slice(2)
  }`;
  const source = value === undefined ? undefined : sourceOf(value, path);
  const takes = source === undefined
    ? ""
    : source === "files"
    ? " -r -F"
    : source === "nothing"
    ? " -x"
    : ` -x -a ${quote(namesOf(source))}`;
  return `complete -c knockd -n ${quote(here)} ${names}${takes} -d ${quote(description)}`;
}

function namesOf(source: string): string {
  return source === "clients"
    ? "(__knockd_client_names)"
    : `(knockd completions names ${source} 2>/dev/null)`;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
