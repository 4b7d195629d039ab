/** Completion for bash. */

import {
  type CommandWords,
  pathsOf,
  sourceOf,
  spellingsOf,
  wordsOf,
  type WordSource,
} from "../program_words.ts";

/**
 * The script. What is typed is compared and handed on as an argument, never evaluated; it
 * needs no bash-completion.
 */
export function bashCompletion(program: CommandWords): string {
  return `# bash completion for knockd: knockd completions bash > /etc/bash_completion.d/knockd

_knockd_names() { # of doors, clients or profiles, in the config that the line names
  local name
  while IFS= read -r name; do
    [[ $name == "$word"* ]] && COMPREPLY+=("$name")
  done < <(knockd completions names "$@" "\${config[@]}" 2>/dev/null)
}

_knockd_files() {
  local name
  while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen -f -- "$word")
  compopt -o filenames 2>/dev/null
}

_knockd_words() {
  local candidate
  for candidate in "$@"; do
    [[ $candidate == "$word"* ]] && COMPREPLY+=("$candidate")
  done
}

_knockd_together() { # what : = and @ have parted, and stands together in the line
  local rest=$COMP_LINE i each
  words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    each=\${COMP_WORDS[i]}
    [[ $i == 0 || $rest == [[:space:]]* ]] && words+=("")
    words[\${#words[@]} - 1]+=$each
    rest=\${rest#"\${rest%%[![:space:]]*}"}
    rest=\${rest#"$each"}
  done
}

_knockd() {
  local words word option= i
  COMPREPLY=()
  _knockd_together
  word=\${words[\${#words[@]} - 1]}
  # What is before the part that bash replaces is not to be said again.
  local part=\${COMP_WORDS[COMP_CWORD]}
  [[ $part == *[!:=@]* ]] || part=
  local said=\${word%"$part"}
  [[ $word == --*=* ]] && option=\${word%%=*} word=\${word#*=}
  _knockd_offer
  [[ -n $option ]] && COMPREPLY=("\${COMPREPLY[@]/#/$option=}")
  COMPREPLY=("\${COMPREPLY[@]#"$said"}")
}

_knockd_offer() {
  local before= path= door= given=0 config=() each
  for ((i = 1; i < \${#words[@]} - 1; i++)); do
    each=\${words[i]}
    [[ "$before $each" =~ ' '(-c|--config)' '(.*)$ || $each =~ ^(--config)=(.*)$ ]] &&
      config=(-c "\${BASH_REMATCH[2]/#\\~\//$HOME/}")
    case "$before" in
${valueOptions(program)}
    esac
    before=
    case "$each" in
      -*) before="$path $each" ;;
      *)
        case "$path/$each" in
${commandCases(program)}
          *) given=$((given + 1)); [[ $given == 1 ]] && door=$each ;;
        esac ;;
    esac
  done
  [[ -n $option ]] && before="$path $option"
  case "$before" in
${valueSources(program)}
  esac
  [[ -n $option ]] && return
  case "$path" in
${pathsOf(program).map(pathCase).join("\n")}
  esac
}

complete -F _knockd knockd
`;
}

interface Taker {
  /** The command's path and the option: `serve -c`. */
  readonly names: readonly string[];
  readonly source: WordSource;
}

/** The options that take a value: the word after one is no operand. */
function takers(program: CommandWords): Taker[] {
  return pathsOf(program).flatMap(({ path, command }) =>
    command.options.filter(({ value }) => value !== undefined).map((option) => ({
      names: spellingsOf(option).map((name) => `"${path.join(" ")} ${name}"`),
      source: sourceOf(option.value!, path),
    }))
  );
}

function valueOptions(program: CommandWords): string {
  const names = takers(program).flatMap(({ names }) => names);
  return `      ${names.join("|\\\n      ")}) before=; continue ;;`;
}

function valueSources(program: CommandWords): string {
  return takers(program).map(({ names, source }) =>
    `    ${names.join("|")}) ${completeFrom(source)}return ;;`
  ).join("\n");
}

function completeFrom(source: WordSource): string {
  if (source === "files") return "_knockd_files; ";
  if (typeof source !== "string") {
    return source.length === 0 ? "" : `_knockd_words ${source.join(" ")}; `;
  }
  return `_knockd_names ${source}${source === "clients" ? ' "$door"' : ""}; `;
}

function commandCases(program: CommandWords): string {
  return pathsOf(program).filter(({ path }) => path.length > 0).map(({ path }) => {
    const parent = path.slice(0, -1).join(" ");
    return `          "${parent}/${path.at(-1)}") path="${path.join(" ")}"; given=0 ;;`;
  }).join("\n");
}

function pathCase(
  { path, command }: { path: readonly string[]; command: CommandWords },
): string {
  const operands = command.operands.flatMap(({ name, many }, place) => {
    const source = completeFrom(sourceOf(name, path));
    const when = many ? `given >= ${place}` : `given == ${place}`;
    return source === "" ? [] : [`(( ${when} )) && { ${source}}`];
  });
  const words = wordsOf(command).join(" ");
  const steps = [`_knockd_words ${words}`, ...operands].map((step) => `      ${step}`);
  return `    "${path.join(" ")}")\n${steps.join("\n")}\n      ;;`;
}
