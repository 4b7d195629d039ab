/** The directives of a knockd.conf, in lower case. */

/** Those of `[options]`. */
export const OPTION_NAMES: readonly string[] = [
  ...["usesyslog", "logfile", "pidfile", "interface"],
];

/** Those of a door: knockd 0.8's, a fork's cooldown; the others are ours. */
export const DOOR_NAMES: readonly string[] = [
  ...["sequence", "one_time_sequences", "seq_timeout", "timeout", "tcpflags", "target"],
  ...["start_command", "command", "start_command_6", "command_6", "cmd_timeout"],
  ...["stop_command", "stop_command_6", "seq_cooldown", "cooldown"],
  ...["tolerance", "open", "max_open"],
];

/** Other names of the same. */
export const ALIASES: ReadonlyMap<string, string> = new Map([
  ["timeout", "seq_timeout"],
  ["command", "start_command"],
  ["command_6", "start_command_6"],
  ["cooldown", "seq_cooldown"],
]);

/** Whether a line starts with a directive, in whichever section. */
export function isDirective(line: string): boolean {
  const [name = "", ...value] = line.split("=", 2);
  const word = name.trim().toLowerCase();
  return value.length > 0
    ? OPTION_NAMES.includes(word) || DOOR_NAMES.includes(word)
    : word === "usesyslog";
}
