/** What each key of knock.toml means, in a line: for the JSON Schema and the manual. */

/** What a key means, and what holds without it, as it would be written. */
export type KeyWords = readonly [meaning: string, fallback?: string];

/** The keys of a table by their names. */
export type TableWords = Readonly<Record<string, KeyWords>>;

export const OPTION_WORDS: TableWords = {
  interface: [
    "where to listen: a name, several, or any; interfaces may come and go",
    "the default route's",
  ],
  log_file: ["where the log goes; reopened on SIGHUP", "standard error"],
  log_format: ["as text, knockd's lines, or as json, one object a line", "text"],
  log_time: [
    "how a line of text says when: minute, as knockd, or iso, in full with its " +
    "offset; local time both",
    "minute",
  ],
  use_syslog: ["log to syslog, too", "false"],
  pid_file: ["where to write the process id", "with -d, /run/knockd.pid"],
  state_dir: [
    "the journal's directory, created with mode 0700; one daemon a directory",
    "/var/lib/knockd, and for a config elsewhere one beside it",
  ],
  control: [
    "the socket that knockd status, close, reload and confirm talk to",
    "/run/knockd.sock, and for a config elsewhere one beside it",
  ],
  control_group: ["a group that may use that socket, too", "none"],
  metrics: [
    "a port of this machine where OpenMetrics are had by HTTP, as " +
    '"127.0.0.1:9666"',
    "nowhere",
  ],
  table: ["nftables' table for doors with open", "knockd"],
  history_days: ["days that knockd log goes back", "90"],
  history_rows: ["happenings that knockd log keeps, at most", "100000"],
  ignore_ports: [
    "ports whose packets never count, as 443:udp: busy services of this host",
    "none",
  ],
};

export const FLEET_WORDS: TableWords = {
  name: ["tells this fleet from others in the same etcd"],
  node: ["this machine's name in the fleet", "the host name"],
  endpoints: ['where etcd\'s members answer: ["https://10.0.0.1:2379", …]'],
  ca: [
    "a PEM file of the authorities for etcd's certificates",
    "the system's authorities",
  ],
  cert: ["this node's certificate, PEM; without a Common Name if user is set"],
  key: ["its private key, PEM, readable by its owner alone"],
  user: ["its name at etcd; with password_file"],
  password_file: ["a file with that user's password"],
  secret_file: ["the fleet's secret in Base32, the same on every node"],
  timeout: ["seconds that a knock waits for etcd, at most", "3"],
};

export const DOOR_WORDS: TableWords = {
  sequence: [
    'ports in their order: "7000,8000:udp" or [7000, "8000:udp"], 1 to 32 of them',
  ],
  one_time_sequences: [
    "a file with a sequence on each line; a used one gets a # for its first character",
  ],
  otp: ["makes it a rotating door, whose sequences come from secrets"],
  clients: ["who may knock on a rotating door, each with a secret"],
  seq_timeout: ["the first and the last hit are less than this many seconds apart", "25"],
  tolerance: [
    "different other ports that may be hit in the middle of a knock; -1 for any number",
    "2",
  ],
  tcpflags: [
    'which TCP packets count: flags that are set, or with ! are not; "" for all',
    '"syn,!ack"',
  ],
  target: ["count packets to this address instead of this host's, as on a router"],
  open: [
    "ports that the kernel keeps shut to all who have not knocked: 22, " +
    '"22, 51820:udp" or "8000-8010"',
  ],
  allow: ["with open: addresses and networks that need no knock"],
  connections: [
    "with open: 1 lets a knock in for a single TCP connection, 0 for any number",
    "0",
  ],
  command: ["runs when the door opens; the same as start_command"],
  start_command: ["runs when the door opens"],
  stop_command: [
    "runs cmd_timeout seconds later, on exit, and at the next start if the daemon died",
  ],
  cmd_timeout: ["seconds from the knock to closing", "10"],
  again: [
    "what a knock on the open door does: extend its time, or run the start " +
    "command again; only with a stop command",
    "extend",
  ],
  closes: ["a door, or several, that the knock closes for its knocker, first"],
  max_open: [
    "addresses that the door is open for at once; a knock beyond is refused",
    "1024",
  ],
  cooldown: ["seconds in which the same source does not run the command again", "0"],
  command_timeout: [
    "seconds after which a command that still runs is killed; 0: never",
    "30",
  ],
  on_exit: [
    "close the door when the daemon ends, or keep it open for the next start",
    "close",
  ],
  group: [
    "opens, extends and closes on every machine of the fleet with this group",
    "this machine only",
  ],
  alone: [
    "whether a one-time knock opens, shut or open, while etcd can't be asked",
    "shut",
  ],
  follow: ["the label of the door, of the same group, that it opens with"],
  label: ["the door's name in one-time sequences", "its name"],
  ignore_advice: [
    "names of warnings and advice, as one-port, that are known and not to be " +
    "said of this door",
    "none",
  ],
};

/** Keys of a door's `otp` table. */
export const OTP_WORDS: TableWords = {
  length: ["ports in a sequence, 3 to 32", "5"],
  ports: ["the range they are from", '"10000-59999"'],
  protocol: ["one of tcp, udp and mixed", "tcp"],
  mode: ["one of totp, by the clock, and hotp, by a counter", "totp"],
  period: ["seconds in a time step", "30"],
  packet: ["a UDP port that takes single packets, too"],
  window: ["steps accepted to either side of the current one", "1"],
  look_ahead: ["counters accepted beyond the next one", "10"],
  bind_source: ["a sequence holds for one source address only", "false"],
};

export const CLIENT_WORDS: TableWords = {
  secret_file: ["a file with the client's secret in Base32; enroll makes one"],
  secret: ["the client's secret itself, in Base32"],
};

/** The words of a key; of a command's IPv6 form, those of the plain one. */
export function keyWords(table: TableWords, key: string): KeyWords | undefined {
  const own = table[key];
  if (own !== undefined || !key.endsWith("_6")) return own;
  const plain = key.slice(0, -2);
  const words = table[plain];
  return words && [`for an IPv6 knocker: ${words[0]}; empty: nothing`, plain];
}
