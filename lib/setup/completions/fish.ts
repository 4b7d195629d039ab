/** Completion for fish. */

import {
  type CommandWords,
  type OptionWords,
  pathsOf,
  sourceOf,
  spellingsOf,
  type WordSource,
} from "../program_words.ts";

/** The script; it goes to `~/.config/fish/completions/knockd.fish` or the system's. */
export function fishCompletion(program: CommandWords): string {
  const lines = pathsOf(program).flatMap(({ path, command }) => linesOf(path, command));
  return `# fish completion for knockd: knockd completions fish > ~/.config/fish/completions/knockd.fish

complete -c knockd -f
function __knockd_operands # of a command so deep, whose options with values are named
    set -l skipped no
    set -l words (commandline -opc)
    set -l first (math 2 + $argv[1])
    for word in $words[$first..]
        if test $skipped = yes
            set skipped no
        else if contains -- $word $argv[2..]
            set skipped yes
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end
function __knockd_at # whether the word at hand is that operand: "2", or "2+" and those after
    set -l given (__knockd_operands $argv[2..] | count)
    test $given = $argv[1]; or string match -q -- "*+" $argv[1]
    and test $given -ge (string trim -rc + $argv[1])
end
function __knockd_names # of doors, clients or profiles, in the config that the line names
    set -l before
    set -l config
    for word in (commandline -opc)
        string match -qr -- '^(-c|--config)$' "$before"; and set config -c $word
        string match -q -- '--config=*' $word; and set config -c (string sub -s 10 -- $word)
        set before $word
    end
    knockd completions names $argv $config 2>/dev/null
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
  const operands = command.operands.flatMap(({ name, many }, place) => {
    const taking = [`${path.length}`, ...valueOptions(command)].join(" ");
    const offer = offerOf(sourceOf(name, path), taking);
    const at = `${here}; and __knockd_at ${place}${many ? "+" : ""} ${taking}`;
    return offer === "" ? [] : [`complete -c knockd -n ${quote(at)} ${offer}`];
  });
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
  const offer = value === undefined ? "" : offerOf(sourceOf(value, path));
  const takes = value === undefined ? "" : offer === "-F" ? " -r -F" : ` -x ${offer}`;
  return `complete -c knockd -n ${quote(here)} ${names}${takes.trimEnd()} -d ${
    quote(description)
  }`;
}

/** The options that take a value: the word after one is no operand. */
function valueOptions(command: CommandWords): string[] {
  return command.options.filter(({ value }) => value !== undefined)
    .flatMap(spellingsOf);
}

/** How fish is told where the words come from; nothing where there are none. */
function offerOf(source: WordSource, taking = ""): string {
  if (source === "files") return "-F";
  if (typeof source !== "string") {
    return source.length === 0 ? "" : `-a ${quote(source.join(" "))}`;
  }
  // The door is the operand before.
  const of = source === "clients" ? `${source} (__knockd_operands ${taking})[1]` : source;
  return `-a ${quote(`(__knockd_names ${of})`)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
