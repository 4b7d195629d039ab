import { deepEqual, equal, match, ok } from "node:assert/strict";
import { checkCommand } from "../../lib/cli/check.ts";
import type { Problem } from "../../lib/files/problem.ts";
import { inDirectory, SECRET } from "../config/files.ts";
import { runSubcommand } from "./program.ts";

/** Runs `knockd check` on a text, with the paths shortened to file names. */
function check(
  text: string,
  name = "knock.toml",
  beside: Record<string, string> = {},
  options: readonly string[] = [],
) {
  return inDirectory(async (directory) => {
    for (const [file, content] of Object.entries({ ...beside, [name]: text })) {
      await Deno.writeTextFile(`${directory}/${file}`, content, { mode: 0o600 });
    }
    const outcome = await runSubcommand(checkCommand(), [
      ...options,
      "--config",
      `${directory}/${name}`,
    ]);
    const short = (output: string) =>
      output.replaceAll(`${directory}/`, "").split("\n").slice(0, -1);
    const { code, stdout, stderr } = outcome;
    const [advice, said] = [true, false].map((wanted) =>
      short(stderr).filter((line) => line.startsWith("knockd: advice: ") === wanted)
    );
    return { code, stdout: short(stdout), stderr: said!, advice: advice! };
  });
}

Deno.test("check says in plain words what each door does", async () => {
  const { code, stdout, stderr } = await check(
    `[options]
interface = ["eth0", "wlan0"]
ignore_ports = ["443:udp"]

[doors.openSSH]
sequence = "7000,8000:udp,9000"
seq_timeout = 10
command = "iptables -A INPUT -s %IP% -j ACCEPT"

[doors.ssh]
start_command = ["nft", "add", "{ %IP% }"]
stop_command = ["nft", "delete", "{ %IP% }"]
stop_command_6 = ""
cmd_timeout = 30
cooldown = 5
target = "10.0.0.9"
tolerance = 1
[doors.ssh.otp]
[doors.ssh.clients.alice]
secret = "${SECRET}"
`,
  );
  // Which of its interfaces this machine has is another test's.
  deepEqual(stderr.filter((line) => !line.includes("there is no interface")), []);
  deepEqual(stdout, [
    "knock.toml: 2 doors",
    "listens on eth0, wlan0, but not to 443:udp",
    "",
    "door openSSH",
    "  knock       7000, 8000:udp, 9000, in this order",
    "  strength    44 bits to guess, none to copy: a password that anyone on the path can " +
    "sniff and use",
    "  within      10 s from the first packet to the last",
    "  tolerates   2 other ports in between",
    "  counts      TCP packets with SYN and without ACK",
    "  opens with  iptables -A INPUT -s %IP% -j ACCEPT",
    "  closes      never by itself",
    "",
    "door ssh",
    "  knock       5 tcp ports of 10000-59999 in any order, from the client's secret; new " +
    "every 30 s, 1 to either side accepted",
    "  label       ssh",
    "  clients     alice",
    "  strength    66 bits to guess",
    "  within      25 s from the first packet to the last",
    "  tolerates   1 other port in between",
    "  counts      TCP packets with SYN and without ACK",
    "  target      packets to 10.0.0.9 count",
    '  opens with  ["nft","add","{ %IP% }"]',
    "  closes      30 s later, or when the daemon ends",
    '  closes with IPv4: ["nft","delete","{ %IP% }"]',
    "              IPv6: nothing",
    "  cooldown    the same address opens it once in 5 s",
  ]);
  equal(code, 0);
});

Deno.test("check says what a classic door without flags costs", async () => {
  const text =
    "[a]\nsequence = 1,2,3\ncommand = x\n[b]\nsequence = 1:udp,2:udp\ncommand = x";
  const { stdout } = await check(text, "knockd.conf");
  deepEqual(stdout.filter((line) => line.startsWith("  counts")), [
    "  counts      every TCP packet: the daemon has to look at all TCP traffic of this " +
    "machine",
  ]);
});

Deno.test("check counts the one-time sequences that are left", async () => {
  const text = "[a]\none_time_sequences = s\ncommand = x\ntcpflags = syn";
  const { stdout } = await check(text, "knockd.conf", { s: "#1,2\n 3,4\n5,6\n" });
  match(stdout.join("\n"), /knock {7}the next sequence of s, once each; 2 left/);
});

Deno.test("check prints warnings to standard error and goes on", async () => {
  const { code, stdout, stderr } = await check('[doors.a]\nsequence = "1,2"\n');
  deepEqual(stderr, [
    "knockd: warning: knock.toml:1:8: doors.a: no command runs when this door opens " +
    "[does-nothing]",
  ]);
  match(stdout.join("\n"), /opens with {2}nothing/);
  equal(code, 0);
});

Deno.test("check ends with code 2 and every error of a bad config", async () => {
  const { code, stdout, stderr } = await check(
    '[doors.a]\nsequence = "1,70000"\ncomand = "x"\ncommand = "x"\n',
  );
  deepEqual([code, stdout], [2, []]);
  deepEqual(stderr, [
    "knockd: error: knock.toml:2:15: doors.a.sequence[1]: port 70000 is above 65535",
    'knockd: error: knock.toml:3:1: doors.a: unknown key "comand" (did you mean command?)',
  ]);
});

Deno.test("check shows control characters of a command instead of obeying them", async () => {
  const { stdout } = await check(
    '[doors.a]\nsequence = "1,2"\ncommand = "a\\u001b[2Jb\\nc"\n',
  );
  match(stdout.join("\n"), /opens with {2}"a\\u001b\[2Jb\\nc"/);
});

Deno.test("check writes no control character of a config to the terminal", async () => {
  const controls = "\x7f\u009b2J\u202e";
  const bad = await check(`[a]\n${controls} = 1\n`, "knockd.conf");
  equal(bad.code, 2);
  match(bad.stderr.join("\n"), /unknown directive "\\x7f\\x9b2j\\u202e"/);
  const good = await check(`[doors.a]\nsequence = "1,2,3"\ncommand = "x ${"\u202e"}y"\n`);
  equal(good.code, 0);
  equal(/[\p{Cc}\u202e]/u.test(good.stdout.join("")), false);
});

const PAIR = `[open]
sequence = 7000,8000,9000
command = /usr/sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
tcpflags = syn
[close]
sequence = 9000,8000,7000
command = /usr/sbin/iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
tcpflags = syn
`;

Deno.test("check advises, each advice with a name, and goes on", async () => {
  const { code, advice } = await check(PAIR, "knockd.conf");
  equal(code, 0);
  match(advice.join("\n"), /open: close closes what this opens.*\[open-close-pair\]/);
});

Deno.test("check --strict fails where there is advice, and not where there is none", async () => {
  equal((await check(PAIR, "knockd.conf", {}, ["--strict"])).code, 1);
  const clean = `[doors.ssh]\nsequence = "7000,8000,9000"\nopen = 22\n`;
  deepEqual((await check(clean, "knock.toml", {}, ["--strict"])).code, 0);
});

Deno.test("check --json says all of it as JSON, errors too", async () => {
  const { stdout } = await check(PAIR, "knockd.conf", {}, ["--json"]);
  const { problems, advice } = JSON.parse(stdout.join("\n"));
  deepEqual(problems, []);
  equal(advice[0].door, "open");
  const typed = `[doors.a]\nsequence = "7000"\ncommand = "true %ip%"\n`;
  const warned = await check(typed, "knock.toml", {}, ["--json"]);
  deepEqual(
    JSON.parse(warned.stdout.join("\n")).problems.map(({ name }: Problem) => name),
    ["one-port", "no-placeholder"],
  );
  const wrong = await check("[doors.a]\nseqence = 1\n", "knock.toml", {}, ["--json"]);
  equal(wrong.code, 2);
  match(wrong.stdout.join("\n"), /seqence/);
  ok(JSON.parse(wrong.stdout.join("\n")).problems.length > 0);
});
