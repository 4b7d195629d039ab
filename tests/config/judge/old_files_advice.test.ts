import assert from "node:assert/strict";
import { adviceOn } from "../../../lib/config/judge/door_advice.ts";
import { loadConfig } from "../../../lib/config/load.ts";
import { copyOldFile, OLD_FILES } from "../classic/old_files.ts";
import { inDirectory } from "../files.ts";

/** Each as somebody said it who read the file; the two that iptables is given are apart. */
const ADVICE: Readonly<Record<string, readonly string[]>> = {
  at_job: ["ssh: hidden-by-the-unit"],
  bom: ["openSSH: open-close-pair"],
  comment_after_ports: ["ssh: never-closes"],
  crlf: ["openSSH: open-close-pair"],
  firewall_stopped: ["maintenance: opens-for-all"],
  firewalld_rich_pair: ["openHTTPS: open-close-pair"],
  flags_twice: ["ssh: never-closes"],
  knock_on_web_ports: ["ssh: busy-port"],
  latin1_comments: ["Fernwartung: never-closes"],
  mail_on_open: ["ssh: hidden-by-the-unit"],
  minecraft: ["minecraft: met-by-scan"],
  missing_log_directory: ["ssh: never-closes"],
  no_flags: ["ssh: never-closes"],
  no_options: ["openSSH: never-closes"],
  odd_whitespace: ["ssh: never-closes"],
  old_names: ["ssh: never-closes"],
  open_close_ssh: ["openSSH: open-close-pair"],
  pf_like: ["openSSH: open-close-pair"],
  reject_first: ["ssh: opens-for-all"],
  same_name_twice: ["SSH: open-close-pair"],
  same_port_twice: ["rsync: never-closes"],
  script_and_mail: ["vnc: hidden-by-the-unit"],
  seq_cooldown: ["ssh: never-closes"],
  ssh_for_all: ["opencloseSSH: opens-for-all"],
  sudo_habit: [
    "ssh: opens-for-all",
    "ssh: open-close-pair",
    "ssh: hidden-by-the-unit",
    "nossh: hidden-by-the-unit",
  ],
  ten_ports_apart: ["backup: hidden-by-the-unit"],
  two_doors_share_ports: ["ssh: never-closes", "web: never-closes"],
  ufw: ["openSSH: open-close-pair", "openSSH: met-by-scan"],
  upper_case: ["SSH: never-closes"],
  upper_case_options: ["SSH: never-closes"],
  valheim_by_udp: ["valheim: open-close-pair", "valheim: met-by-scan"],
};
const IPTABLES = new Set(["iptables-without-wait", "ipv4-command"]);

for (const { name, said } of OLD_FILES) {
  if (said.some((line) => line.startsWith("error"))) continue;
  const expected = ADVICE[name] ?? [];
  Deno.test(`of ${name}, check advises: ${expected.join(", ") || "nothing"}`, () =>
    inDirectory(async (directory) => {
      const { config } = await loadConfig(copyOldFile(name, directory));
      const found = adviceOn(config!.doors)
        .filter((advice) => !IPTABLES.has(advice.name))
        .map((advice) => `${advice.door}: ${advice.name}`);
      assert.deepEqual(found, expected);
    }));
}
