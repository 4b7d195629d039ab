import assert from "node:assert/strict";
import { adviceOn } from "../../../lib/config/judge/door_advice.ts";
import { programAdvice } from "../../../lib/config/judge/programs.ts";
import { doorsOf } from "../files.ts";

const RULE = "INPUT -s %IP% -p tcp --dport 22 -j ACCEPT";
const door = (lines: string, name = "a") => `[doors.${name}]\n${lines}\n`;
const knock = 'sequence = "7000,9000,8000"\n';
const closing = `stop_command = "iptables -w -D ${RULE}"\nstop_command_6 = ""\n`;
const sound =
  `start_command = "iptables -w -I ${RULE}"\nstart_command_6 = ""\n${closing}`;

const rows: readonly [string, string, string[]][] = [
  ["a door that opens and closes", door(knock + sound), []],
  [
    "a command without an address",
    door(`${knock}command = "ufw allow 22"`),
    ["opens-for-all", "never-closes"],
  ],
  [
    "an address by the environment",
    door(
      `${knock}start_command = "ufw allow from $KNOCK_IP"\nstop_command = "ufw reload"`,
    ),
    [],
  ],
  [
    "iptables without -w, for IPv6 too",
    door(`${knock}start_command = "iptables -I ${RULE}"\n${closing}`),
    ["iptables-without-wait", "ipv4-command"],
  ],
  [
    "the same by sudo",
    door(`${knock}start_command = "sudo -n iptables -I ${RULE}"\n${closing}`),
    ["iptables-without-wait", "ipv4-command", "hidden-by-the-unit"],
  ],
  [
    "a door of its own that closes, by doas",
    door(`${knock}command = "doas ufw allow from %IP% to any port 22"`) +
    door(
      'sequence = "9000,7000,8000"\ncommand = "doas ufw delete allow from %IP% to any port 22"',
      "b",
    ),
    ["open-close-pair", "hidden-by-the-unit", "hidden-by-the-unit"],
  ],
  [
    "a command for a port that the kernel keeps shut for another door",
    door(knock + sound) + door('sequence = "7100,9100,8100"\nopen = "20-22"\n', "b"),
    ["shut-by-kernel"],
  ],
  [
    "one for a port that the kernel opens, too, or shuts at another address",
    door(`${knock}open = 22\n${sound}`) +
    door(`sequence = "7200,9200,8200"\nopen = "22:udp"\n`, "b") +
    door('sequence = "7100,9100,8100"\nopen = 22\ntarget = "192.0.2.1"\n', "c"),
    [],
  ],
  ["port 443", door(`sequence = "443,9000,8000"\n${sound}`), ["busy-port"]],
  ["ports side by side", door(`sequence = "7000,7001,7002"\n${sound}`), ["met-by-scan"]],
  [
    "an ascending sequence without tolerance's limit",
    door(`sequence = "7000,8000,9000"\ntolerance = -1\n${sound}`),
    ["met-by-scan", "met-by-random-scan"],
  ],
  ["an ascending sequence", door(`sequence = "7000,8000,9000"\n${sound}`), []],
  [
    "a script in a home",
    door(`${knock}command = "/home/me/open.sh %IP%"`),
    ["hidden-by-the-unit"],
  ],
  [
    "a command that only wakes a machine",
    door(`${knock}command = "wakeonlan 00:11:22:33:44:55"`),
    [],
  ],
  [
    "a pair",
    door(`${knock}command = "iptables -w -A ${RULE}"\ncommand_6 = ""`) +
    door(
      `sequence = "1,9000,7000"\ncommand = "iptables -w -D ${RULE}"\ncommand_6 = ""`,
      "b",
    ),
    ["open-close-pair"],
  ],
];

for (const [title, text, names] of rows) {
  Deno.test(`advice on ${title}: ${names.join(", ") || "none"}`, async () => {
    assert.deepEqual(adviceOn(await doorsOf(text)).map(({ name }) => name), names);
  });
}

Deno.test("a program or a script by a path that is not whole is looked for in /, where commands run", async () => {
  const judged = async (command: string) => {
    const doors = await doorsOf(door(`${knock}command = "${command}"`));
    const there = (path: string) =>
      /^\/(opt\/|.*bin\/(ba)?sh$|usr\/bin\/python3$|usr\/sbin\/known)/.test(path)
        ? { uid: 0, mode: 0o100755 }
        : undefined;
    return programAdvice(doors, there).map(({ message, hint }) => `${message}: ${hint}`);
  };
  const missing = (path: string) => [
    `${path} is not there: commands run in /: write the whole path`,
  ];
  assert.deepEqual(await judged("./open.sh %IP%"), missing("./open.sh"));
  assert.deepEqual(await judged("scripts/open"), missing("scripts/open"));
  assert.deepEqual(await judged("bash open.sh %IP%"), missing("open.sh"));
  assert.deepEqual(await judged("bash -e ../open.sh"), missing("../open.sh"));
  assert.deepEqual(await judged("opt/open"), []);
  assert.deepEqual(await judged("bash known"), []);
  assert.deepEqual(await judged("cd /opt && ./open.sh"), []);
  assert.deepEqual(await judged("python3 -m http.server"), []);
  assert.deepEqual(await judged("~/open.sh"), []);
});

Deno.test("a program that is not there, or that anybody could have written, is named", async () => {
  const there: Record<string, { uid: number; mode: number }> = {
    "/usr/bin/own": { uid: 0, mode: 0o100755 },
    "/usr/bin/sh": { uid: 0, mode: 0o100755 },
    "/opt/open": { uid: 0, mode: 0o100777 },
    "/opt/mine": { uid: 1000, mode: 0o100755 },
  };
  const judged = async (program: string) => {
    const doors = await doorsOf(door(`${knock}command = "${program} %IP%"`));
    return programAdvice(doors, (path) => there[path]).map(({ name }) => name);
  };
  assert.deepEqual(await judged("/usr/bin/own"), []);
  assert.deepEqual(await judged("/opt/open"), ["anybodys-program"]);
  assert.deepEqual(await judged("/opt/mine"), ["anybodys-program"]);
  assert.deepEqual(await judged("/opt/none"), ["no-such-program"]);
  assert.deepEqual(await judged("own"), []);
  assert.deepEqual(await judged("none"), ["no-such-program"]);
  assert.deepEqual(await judged("test -x /opt/none && /opt/none"), []);
  assert.deepEqual(await judged("own; /opt/none"), []);
  assert.deepEqual(await judged("$PROGRAM"), []);
  assert.deepEqual(await judged("/usr/bin/sh -e /opt/open"), ["anybodys-program"]);
});
