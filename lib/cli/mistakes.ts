/** What is said of a command line that means something else than it says. */

import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/** What other programs call what is done here by another name. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  add: "knockd enroll DOOR CLIENT lets somebody in, knockd init makes a door",
  config: "knockd check says what the config does, and what is wrong with it",
  convert: "knockd import",
  daemon: "knockd serve",
  delete: "knockd revoke DOOR CLIENT",
  disable: "systemctl disable --now knockd",
  down: "knockd firewall down",
  enable: "systemctl enable --now knockd",
  genkey: "knockd enroll DOOR CLIENT",
  history: "knockd log",
  info: "knockd status",
  install: "knockd init, or knockd service --install",
  keygen: "knockd enroll DOOR CLIENT",
  kill: "systemctl stop knockd, or knockd close --all to close doors",
  list: "knockd status, or knockd profile list on a client",
  logs: "knockd log",
  ls: "knockd status, or knockd profile list on a client",
  monitor: "knockd watch",
  open: "knockd knock HOST PORT…",
  qr: "knockd enroll DOOR CLIENT --rotate",
  remove: "knockd revoke DOOR CLIENT",
  rename: "a door has another name in the config, and its old one for its label",
  restart: "systemctl restart knockd, or knockd reload for a new config",
  rotate: "knockd enroll DOOR CLIENT --rotate",
  run: "knockd serve",
  setup: "knockd init",
  show: "knockd status",
  start: "knockd serve, or systemctl start knockd",
  stop: "systemctl stop knockd, or knockd close --all to close doors",
  tail: "knockd watch",
  test: "knockd check",
  trace: "knockd firewall trace",
  uninstall: "systemctl disable --now knockd knockd-guard, then knockd firewall down",
  unlock: "knockd knock HOST PORT…",
  up: "knockd firewall up",
  validate: "knockd check",
  verify: "knockd check",
  version: "knockd --version",
  why: "knockd status, or knockd watch",
};

/** What was meant by a word that is no command; nothing if that can't be told. */
export function meantBy(word: string, program?: CommandUnknownOpts): string | undefined {
  const known = word.toLowerCase();
  const isAnother = known !== word;
  if (isAnother && program?.commands.some((command) => command.name() === known)) {
    return `did you mean ${known}?`;
  }
  if (Object.hasOwn(OTHER_WORDS, known)) return OTHER_WORDS[known];
  return /[./]|\.(conf|toml)$/.test(word)
    ? "knockd serve FILE runs a daemon with it, knockd check FILE looks at it"
    : undefined;
}

/** What was meant by an option that is no option: `-json`, `--JSON`, `--strict=yes`. */
export function meantOption(
  message: string,
  program: CommandUnknownOpts,
  args: readonly string[],
): string | undefined {
  const [, name = "", value] = /'-+([^'=]+)(=[^']*)?'/.exec(message) ?? [];
  const long = `--${name.toLowerCase()}`;
  const { command } = meantCommand(program, args);
  if (!command.options.some((option) => option.long === long)) return undefined;
  return value === undefined ? `did you mean ${long}?` : `${long} takes no value`;
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
