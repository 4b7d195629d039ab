/** Completion for zsh. */

import {
  type CommandWords,
  type OptionWords,
  sourceOf,
  spellingsOf,
} from "../program_words.ts";

/** The script; it goes by the name `_knockd` into a directory of `$fpath`. */
export function zshCompletion(program: CommandWords): string {
  return `#compdef knockd
# zsh completion for knockd: knockd completions zsh > /usr/local/share/zsh/site-functions/_knockd

_knockd_names() { # of doors, clients or profiles, in the config that the line names
  local -a names config
  local file=\${opt_args[-c]:-\${opt_args[--config]:-}}
  [[ -n $file ]] && config=(-c "\${\${(Q)file}/#\\~\//$HOME/}")
  names=(\${(f)"$(knockd completions names "$@" "\${config[@]}" 2>/dev/null)"})
  compadd -a names
}

_knockd_doors() { _knockd_names doors }
_knockd_clients() { _knockd_names clients "\${(Q)line[1]:-}" }
_knockd_profiles() { _knockd_names profiles }

${functionsOf(program, ["_knockd"])}

_knockd "$@"
`;
}

function functionsOf(command: CommandWords, path: readonly string[]): string {
  const below = command.commands.map((child) =>
    functionsOf(child, [...path, child.name])
  );
  return [functionOf(command, path), ...below].join("\n\n");
}

function functionOf(command: CommandWords, path: readonly string[]): string {
  const name = path.join("_").replaceAll("-", "_");
  const options = command.options.flatMap((option) => optionSpecs(option, path));
  const specs = [...options, "'--help[show help]'", ...operandSpecs(command, path)];
  const head =
    `${name}() {\n  local -a line\n  local -A opt_args\n  local state curcontext="$curcontext"`;
  const call = `  _arguments -C \\\n    ${specs.join(" \\\n    ")}`;
  if (command.commands.length === 0) return `${head}\n${call}\n}`;
  const described = command.commands.map((child) =>
    `    ${quote(`${child.name}:${child.description.replaceAll(":", "\\:")}`)}`
  );
  const cases = command.commands.map((child) =>
    `        ${child.name}) ${name}_${child.name.replaceAll("-", "_")} ;;`
  );
  return `${head}
${call}
  case $state in
    command)
      local -a commands=(
${described.join("\n")}
      )
      _describe command commands ;;
    rest)
      case $line[1] in
${cases.join("\n")}
      esac ;;
  esac
}`;
}

function optionSpecs(option: OptionWords, path: readonly string[]): string[] {
  const { value, description } = option;
  const text = description.replaceAll(/[[\]]/g, "").replaceAll(":", "\\:");
  const tail = value === undefined ? "" : `:${value}:${actionFor(value, path)}`;
  return spellingsOf(option)
    // Of a long one the value may stand behind "=", too.
    .map((name) => tail !== "" && name.startsWith("--") ? `${name}=` : name)
    .map((name) => quote(`${name}[${text}]${tail}`));
}

function operandSpecs(command: CommandWords, path: readonly string[]): string[] {
  if (command.commands.length > 0) return ["'1:command:->command'", "'*::rest:->rest'"];
  return command.operands.map(({ name, many, optional }) =>
    // "*::" would take what comes after for words of another command.
    quote(`${many ? "*:" : optional ? "::" : ":"}${name}:${actionFor(name, path)}`)
  );
}

function actionFor(name: string, path: readonly string[]): string {
  const source = sourceOf(name, path.slice(1));
  if (source === "files") return "_files";
  if (typeof source === "string") return `_knockd_${source}`;
  return source.length === 0 ? "" : `(${source.join(" ")})`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
