/** What each key of knock.toml means, in a line: for the JSON Schema and the manual. */

/** What a key means. */
export interface KeyWords {
  readonly meaning: string;
  /** What holds without it, as it would be written. */
  readonly fallback?: string;
}

/** The keys of a table by their names. */
export type TableWords = Readonly<Record<string, KeyWords>>;

/** Keys of `[options]`. */
export const OPTION_WORDS: TableWords = {
  interface: {
    meaning: "where to listen: a name, several, or any; interfaces may come and go",
    fallback: "the default route's",
  },
  log_file: {
    meaning: "where the log goes; reopened on SIGHUP",
    fallback: "standard error",
  },
  log_format: {
    meaning: "text, knockd's lines, or json, one object a line",
    fallback: "text",
  },
  log_time: {
    meaning:
      "how a line of text says when: minute, as knockd, or iso, in full with its " +
      "offset; local time both",
    fallback: "minute",
  },
  use_syslog: { meaning: "log to syslog, too", fallback: "false" },
  pid_file: {
    meaning: "where to write the process id",
    fallback: "with -d, /run/knockd.pid",
  },
  state_dir: {
    meaning: "the journal's directory, created with mode 0700; one daemon a directory",
    fallback: "/var/lib/knockd",
  },
  control: {
    meaning: "the socket that knockd status, close, reload and confirm talk to",
    fallback: "/run/knockd.sock",
  },
  control_group: { meaning: "a group that may use that socket, too", fallback: "none" },
  metrics: {
    meaning: "a port of this machine where OpenMetrics are had by HTTP, as " +
      '"127.0.0.1:9666"',
    fallback: "nowhere",
  },
  table: { meaning: "nftables' table for doors with open", fallback: "knockd" },
  history_days: { meaning: "days that knockd log goes back", fallback: "90" },
  history_rows: {
    meaning: "happenings that knockd log keeps, at most",
    fallback: "100000",
  },
  ignore_ports: {
    meaning: "ports whose packets never count, as 443:udp: busy services of this host",
    fallback: "none",
  },
};

/** Keys of `[fleet]`. */
export const FLEET_WORDS: TableWords = {
  name: { meaning: "tells this fleet from others in the same etcd" },
  node: { meaning: "this machine's name in the fleet", fallback: "the host name" },
  endpoints: { meaning: 'where etcd\'s members answer: ["https://10.0.0.1:2379", …]' },
  ca: {
    meaning: "a PEM file with who signed etcd's certificates",
    fallback: "the system's authorities",
  },
  cert: { meaning: "this node's certificate, PEM; without a Common Name if user is set" },
  key: { meaning: "its private key, PEM, readable by its owner alone" },
  user: { meaning: "who it is to etcd; with password_file" },
  password_file: { meaning: "a file with that user's password" },
  secret_file: { meaning: "the fleet's secret in Base32, the same on every node" },
  timeout: { meaning: "seconds that a knock waits for etcd, at most", fallback: "3" },
};

/** Keys of a door. */
export const DOOR_WORDS: TableWords = {
  sequence: {
    meaning:
      'ports in their order: "7000,8000:udp" or [7000, "8000:udp"], 1 to 32 of them',
  },
  one_time_sequences: {
    meaning:
      "a file with a sequence on each line; a used one gets a # for its first character",
  },
  otp: { meaning: "makes it a rotating door, whose sequences come from secrets" },
  clients: { meaning: "who may knock on a rotating door, each with a secret" },
  seq_timeout: {
    meaning: "the first and the last hit are less than this many seconds apart",
    fallback: "25",
  },
  tolerance: {
    meaning:
      "different other ports that may be hit in the middle of a knock; -1 for any number",
    fallback: "2",
  },
  tcpflags: {
    meaning: 'which TCP packets count: flags that are set, or with ! are not; "" for all',
    fallback: '"syn,!ack"',
  },
  target: {
    meaning: "count packets to this address instead of this host's, as on a router",
  },
  open: {
    meaning: "ports that the kernel keeps shut but to who knocked: 22, " +
      '"22, 51820:udp" or "8000-8010"',
  },
  allow: { meaning: "with open: addresses and networks that need no knock" },
  connections: {
    meaning: "with open: 1 lets a knock in for a single TCP connection, 0 for any number",
    fallback: "0",
  },
  command: { meaning: "runs when the door opens; the same as start_command" },
  start_command: { meaning: "runs when the door opens" },
  stop_command: {
    meaning:
      "runs cmd_timeout seconds later, on exit, and at the next start if the daemon died",
  },
  cmd_timeout: { meaning: "seconds from opening to closing", fallback: "10" },
  again: {
    meaning: "what a knock on the open door does: extend its time, or run the start " +
      "command again; only with a stop command",
    fallback: "extend",
  },
  closes: { meaning: "a door, or several, that the knock closes for its knocker, first" },
  max_open: {
    meaning: "addresses that the door is open for at once; who knocks beyond is refused",
    fallback: "1024",
  },
  cooldown: {
    meaning: "seconds in which the same source does not run the command again",
    fallback: "0",
  },
  command_timeout: {
    meaning: "seconds after which a command that still runs is killed; 0: never",
    fallback: "30",
  },
  on_exit: {
    meaning: "close the door when the daemon ends, or keep it open for the next start",
    fallback: "close",
  },
  group: {
    meaning: "opens, extends and closes on every machine of the fleet with this group",
    fallback: "this machine only",
  },
  alone: {
    meaning: "whether a one-time knock opens, shut or open, while etcd can't be asked",
    fallback: "shut",
  },
  follow: { meaning: "the label of the door, of the same group, that it opens with" },
  label: { meaning: "the door's name in one-time sequences", fallback: "its name" },
  ignore_advice: {
    meaning: "names of warnings and advice, as one-port, that are known and not to be " +
      "said of this door",
    fallback: "none",
  },
};

/** Keys of a door's `otp` table. */
export const OTP_WORDS: TableWords = {
  length: { meaning: "ports in a sequence, 3 to 32", fallback: "5" },
  ports: { meaning: "the range they are from", fallback: '"10000-59999"' },
  protocol: { meaning: "tcp, udp or mixed", fallback: "tcp" },
  mode: { meaning: "totp, by the clock, or hotp, by a counter", fallback: "totp" },
  period: { meaning: "seconds in a time step", fallback: "30" },
  packet: { meaning: "a UDP port that takes single packets, too" },
  window: { meaning: "steps accepted to either side of the current one", fallback: "1" },
  look_ahead: { meaning: "counters accepted beyond the next one", fallback: "10" },
  bind_source: {
    meaning: "a sequence holds for one source address only",
    fallback: "false",
  },
};

/** Keys of a client. */
export const CLIENT_WORDS: TableWords = {
  secret_file: { meaning: "a file with the client's secret in Base32; enroll makes one" },
  secret: { meaning: "the client's secret itself, in Base32" },
};

/** The words of a key; of a command's IPv6 form, those of the plain one. */
export function keyWords(table: TableWords, key: string): KeyWords | undefined {
  const own = table[key];
  if (own !== undefined || !key.endsWith("_6")) return own;
  const plain = table[key.slice(0, -2)];
  return plain && {
    meaning: `for an IPv6 knocker: ${plain.meaning}; empty: nothing`,
    fallback: key.slice(0, -2),
  };
}
