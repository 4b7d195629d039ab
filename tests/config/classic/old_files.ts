/** Files of the kinds that people have, for what knockd 0.8 and ours make of them. */

const directory = new URL("./files/", import.meta.url);

/** A knockd.conf, and what is made of it. */
export interface OldFile {
  /** Its name without the ending. */
  readonly name: string;
  /** What knockd 0.8 does with it; where it is "runs", ours opens the same for the same. */
  readonly theirs: "runs" | "refuses" | "opens for all";
  /** What `check` says of it, severity and place first; a file with an error is refused. */
  readonly said: readonly string[];
}

const NO_PORT = "is not a port number; commas stand between ports, as 7000,8000:udp";

/** Every file in the folder. */
export const OLD_FILES: readonly OldFile[] = [
  file("open_close_ssh", "runs"),
  file("timed_ssh", "runs"),
  file("minecraft", "runs"),
  file("valheim_by_udp", "runs"),
  file("ufw", "runs"),
  file("ufw_timed", "runs"),
  file("firewalld_rich_rule", "runs"),
  file("firewalld_zone", "runs"),
  file("one_time", "runs"),
  file("odd_whitespace", "runs"),
  file("crlf", "runs"),
  file("bom", "refuses"),
  file("names_with_spaces", "runs"),
  file("two_doors_share_ports", "runs"),
  file("no_options", "runs"),
  file("upper_case", "runs"),
  file("upper_case_options", "refuses"),
  file("latin1_comments", "runs"),
  file("ipv6", "runs"),
  file("wake_on_lan", "runs"),
  file("seq_cooldown", "refuses"),
  file(
    "comment_after_ports",
    "runs",
    "warning 4:26: ssh.sequence[2]: only 1407:tcp of this is read",
    "warning 5:16: ssh.seq_timeout: only 10 of this is read",
  ),
  file("nft_set", "runs"),
  file("script_and_mail", "runs"),
  file("fin_packets", "runs"),
  file("no_flags", "runs"),
  file("flags_twice", "runs"),
  file(
    "syn_ack",
    "runs",
    "warning 6:18: opencloseSSH.tcpflags: no client sends packets with SYN and ACK: a " +
      "knock sends SYN alone (tcpflags = syn)",
  ),
  file("old_names", "runs", "warning 6:13: ssh.timeout: only 30 of this is read"),
  file("home_server", "runs"),
  file(
    "same_name_twice",
    "runs",
    'warning 7:1: SSH: the door of line 3 has this name; this one is called "SSH (2)" from here on',
  ),
  file("missing_log_directory", "runs"),
  file("long_sequence", "runs"),
  file("same_port_twice", "runs"),
  file(
    "placeholder_misspelt",
    "runs",
    "warning 7:45: ssh.stop_command: %ip% is no placeholder; it stays in the command as " +
      "it is (did you mean %IP%?)",
  ),
  file(
    "command_goes_on",
    "refuses",
    "error 5:45: a line can't be continued on the next one (write it in one line, or put " +
      "the command into a script)",
  ),
  file(
    "other_comments",
    "refuses",
    "error 1:1: a comment starts with #, not with ; (put a # in the place of the ;)",
    "error 4:6: nothing can follow a section's name on its line (a comment has a line of " +
      "its own, and so has a directive)",
  ),
  file(
    "commas_forgotten",
    "opens for all",
    `error 4:13: ssh.sequence[0]: "1223 1323 1423" ${NO_PORT}`,
  ),
  file("at_job", "runs"),
  file("ban_instead", "runs"),
  file("both_families", "runs"),
  file("comments_everywhere", "runs"),
  file("conntrack_flush", "runs"),
  file("crlf_timed", "runs"),
  file("docker_published", "runs"),
  file("docker_start", "runs"),
  file("fail2ban_unban", "runs"),
  file("firewall_stopped", "runs"),
  file("firewalld_rich_pair", "runs"),
  file("knock_on_web_ports", "runs"),
  file("mail_on_open", "runs"),
  file("mikrotik_like", "runs"),
  file("one_time_service", "runs"),
  file("openwrt", "runs"),
  file("own_chain", "runs"),
  file("pf_like", "runs"),
  file("port_forward", "runs"),
  file("reject_first", "runs"),
  file("script_with_arguments", "runs"),
  file("several_ports_at_once", "runs"),
  file("shutdown_panic", "runs"),
  file("sleep_and_close", "runs"),
  file("ssh_for_all", "runs"),
  file("sudo_habit", "runs"),
  file("systemctl_start", "runs"),
  file("tabs_and_equals", "runs"),
  file("telegram", "runs"),
  file("ten_ports_apart", "runs"),
  file("wakeonlan", "runs"),
];

function file(
  name: string,
  theirs: OldFile["theirs"],
  ...said: readonly string[]
): OldFile {
  return { name, theirs, said };
}

/** The names of the files that there are. */
export function namesInFolder(): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name.replace(/\.conf$/, ""));
}

/**
 * Copies a file into a directory, which is where the files are then that it speaks of;
 * `prefix` comes before each command. Gives the path.
 */
export function copyOldFile(name: string, into: string, prefix = ""): string {
  const bytes = Deno.readFileSync(new URL(`${name}.conf`, directory));
  const text = new TextDecoder("latin1").decode(bytes)
    .replaceAll(/\/(etc\/knockd|var\/log|var\/run)\//g, `${into}/$1/`)
    .replaceAll(
      /^([ \t]*(?:start_|stop_)?command(?:_6)?[ \t]*=[ \t]*)(?=\S)/gim,
      `$1${prefix}`,
    );
  for (const path of ["etc/knockd", "var/log", "var/run"]) {
    Deno.mkdirSync(`${into}/${path}`, { recursive: true });
  }
  Deno.writeTextFileSync(`${into}/etc/knockd/smtp_sequences`, " 1224,1324\n 1424,1524\n");
  const path = `${into}/${name}.conf`;
  Deno.writeFileSync(path, Uint8Array.from(text, (char) => CODES.get(char)!), {
    mode: 0o600,
  });
  return path;
}

/** What each byte is in the decoder's Latin-1. */
const CODES = new Map(
  [...new TextDecoder("latin1").decode(Uint8Array.from({ length: 256 }, (_, i) => i))]
    .map((char, code) => [char, code]),
);
