/** What is said of a command line that means something else than it says. */

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { nearest } from "../config/nearest.ts";

const OPENING = "knockd knock HOST PORT…, or knockd knock HOST --otp";
/** Without the guard's end its ports would be shut at the next start of the machine, for good. */
const STAY_AWAY =
  "systemctl disable --now knockd knockd-guard, then knockd firewall down";

/** What other programs call what is done here by another name. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  add: "knockd enroll DOOR CLIENT lets somebody in, knockd init makes a door",
  attach: "knockd watch",
  backup: "tar -czf FILE /etc/knockd /var/lib/knockd, while knockd is stopped",
  ban: "knockd revoke DOOR CLIENT, knockd close DOOR ADDRESS",
  block: "knockd revoke DOOR CLIENT, knockd close DOOR ADDRESS",
  client: "knockd status lists clients, knockd enroll DOOR CLIENT makes one",
  clients: "knockd status lists clients, knockd enroll DOOR CLIENT makes one",
  config: "knockd check says what the config does, and what is wrong with it",
  convert: "knockd import",
  daemon: "knockd serve",
  debug: "knockd watch, or knockd serve --debug",
  delete: "knockd revoke DOOR CLIENT",
  disable: STAY_AWAY,
  door: "knockd status lists doors, knockd check says what each does",
  doors: "knockd status lists doors, knockd check says what each does",
  down: "knockd firewall down",
  edit: "an editor for /etc/knockd/knock.toml, knockd check, knockd reload",
  enable: "systemctl enable --now knockd-guard knockd",
  genkey: "knockd enroll DOOR CLIENT",
  history: "knockd log",
  info: "knockd status",
  install: "knockd init, or knockd service --install",
  keygen: "knockd enroll DOOR CLIENT",
  kill: "systemctl stop knockd, or knockd close --all to close doors",
  list: "knockd status, or knockd profile list on a client",
  lock: "knockd close DOOR",
  logs: "knockd log",
  ls: "knockd status, or knockd profile list on a client",
  monitor: "knockd watch",
  open: OPENING,
  port: "knockd firewall status",
  ports: "knockd firewall status",
  qr: "knockd enroll DOOR CLIENT --rotate",
  remove: "knockd revoke DOOR CLIENT",
  rename: "a door has another name in the config, and its old one for its label",
  restart: "systemctl restart knockd, or knockd reload for a new config",
  rotate: "knockd enroll DOOR CLIENT --rotate",
  rules: "knockd firewall status",
  run: "knockd serve",
  secret: "knockd enroll DOOR CLIENT",
  setup: "knockd init",
  show: "knockd status",
  shut: "knockd close DOOR",
  start: "knockd serve, or systemctl start knockd",
  stop: "systemctl stop knockd, or knockd close --all to close doors",
  tail: "knockd watch",
  test: "knockd check",
  top: "knockd watch",
  trace: "knockd firewall trace",
  uninstall: STAY_AWAY,
  unlock: OPENING,
  up: "knockd firewall up",
  update: "install the new one over the old, then systemctl restart knockd",
  upgrade: "install the new one over the old, then systemctl restart knockd",
  user: "knockd status lists clients, knockd enroll DOOR CLIENT makes one",
  users: "knockd status lists clients, knockd enroll DOOR CLIENT makes one",
  validate: "knockd check",
  verify: "knockd check",
  version: "knockd --version",
  who: "knockd status",
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

/** What other programs call an option of ours. */
const OTHER_OPTIONS: Readonly<Record<string, string>> = {
  conf: "config",
  file: "config",
  iface: "interface",
  port: "open",
  ports: "open",
  user: "client",
};

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
  const other = Object.hasOwn(OTHER_OPTIONS, known) ? OTHER_OPTIONS[known]! : known;
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
