import assert from "node:assert/strict";
import type { Door } from "../../../lib/core/door.ts";
import { tomlOf } from "../../../lib/setup/import/imported_config.ts";
import { plainOpening } from "../../../lib/config/judge/plain_opening.ts";
import { lines, load } from "../../config/files.ts";

const IPTABLES = "/sbin/iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT";

/** Files of the kinds that people have. */
const FILES: Readonly<Record<string, string>> = {
  "the manual's pair": `[options]
	logfile = /var/log/knockd.log
[openSSH]
	sequence    = 7000,8000,9000
	seq_timeout = 10
	tcpflags    = syn,ack
	command     = ${IPTABLES}
[closeSSH]
	sequence    = 9000,8000,7000
	seq_timeout = 10
	tcpflags    = syn,ack
	command     = /sbin/iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
`,
  "a door that the kernel opens": `[ssh]
	Sequence = 7000,8000
	Open = 22, 5353:udp
	Cmd_Timeout = 60
	TCPFlags = syn
`,
  "a timed door": `[options]
	UseSyslog
	Interface = eth0
[opencloseSMTP]
	sequence      = 2222:udp,3333:tcp,4444:udp
	seq_timeout   = 15
	cmd_timeout   = 10
	start_command = ${IPTABLES}
	stop_command  = /sbin/iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
	tcpflags      = fin,!rst
`,
  "a game server": `[options]
logfile=/var/log/k.log
[minecraft]
sequence=25565:udp,25566:udp
command=/usr/local/bin/wake "%IP%" '%PORT%' \\ $HOME
seq_cooldown=60
`,
  "a name with spaces, CRLF and another family":
    "[options]\r\n usesyslog\r\n\r\n[Open SSH!]\r\n sequence = 7000,8000,9000\r\n" +
    ` start_command = ${IPTABLES}\r\n stop_command = /bin/true %IP%\r\n` +
    " start_command_6 = /sbin/ip6tables -I INPUT -s %IP% -j ACCEPT\r\n" +
    " stop_command_6 = \r\n target = 192.0.2.7\r\n",
  "two doors of one name": `[a]
sequence = 7000,8000
command = true %IP%
[A]
sequence = 7001,8001
command = true %IP%
`,
  "no options": `[x]\nsequence = 1,2,3\ncommand = true "%IP%"\ntolerance = -1\n`,
};

/** A door but for what TOML has no word for, and what means nothing without a stop command. */
function comparable({ failedStart: _, again, ...door }: Door): unknown {
  return door.stop === undefined ? door : { ...door, again };
}

for (const [name, text] of Object.entries(FILES)) {
  Deno.test(`import: ${name} behaves the same afterwards`, async () => {
    const classic = await load(text, "knockd.conf");
    assert.ok(classic.config, lines(classic).join("\n"));
    const toml = tomlOf(classic.config, classic.problems);
    const again = await load(toml);
    assert.ok(again.config, `${toml}\n${lines(again).join("\n")}`);
    assert.deepEqual(
      again.config.doors.map(comparable),
      classic.config.doors.map(comparable),
    );
    const { stateDir: _, control: __, ...options } = again.config.options;
    const { stateDir: ___, control: ____, ...expected } = classic.config.options;
    assert.deepEqual(options, expected);
  });
}

Deno.test("import: what is unsafe stands above its door", async () => {
  const { config, problems } = await load(FILES["the manual's pair"]!, "knockd.conf");
  const toml = tomlOf(config!, problems);
  assert.match(toml, /# openSSH\.[^\n]*\n(# [^\n]*\n)*\[doors\.openSSH\]/);
});

Deno.test("import: what check advises of a door stands above it, too", async () => {
  const text = "[a]\nsequence = 1,2,3\ntcpflags = syn\ncommand = ufw allow 22\n";
  const { config, problems } = await load(text, "knockd.conf");
  const [head = ""] = tomlOf(config!, problems).split("\n[doors.a]");
  assert.match(
    head,
    /# unsafe: its command does not name the knocker: it opens for every/,
  );
  assert.match(head, /# unsafe: what it opens stays open/);
  assert.match(head, /# a scan of all ports in their order opens it \(/);
});

const openings: [string | string[], string | undefined][] = [
  [IPTABLES, "22"],
  ["iptables -w -A INPUT 1 -s %IP% -p udp --dport 1194 -j ACCEPT", "1194:udp"],
  ["iptables -A INPUT -p tcp -s %IP% --dport 22 -j ACCEPT", "22"],
  [[
    "iptables",
    "-I",
    "INPUT",
    "-s",
    "%IP%",
    "-p",
    "tcp",
    "--dport",
    "22",
    "-j",
    "ACCEPT",
  ], "22"],
  ["ufw allow from %IP% to any port 22", "22"],
  ["ufw insert 1 allow from %IP% to any port 53 proto udp", "53:udp"],
  ["iptables -w 5 -A TCP -s %IP%/32 -p tcp -m tcp --syn --dport 22 -j ACCEPT", "22"],
  [
    "sudo iptables -I INPUT -p tcp -m multiport --dports 80,443 -s %IP% -m state " +
    "--state NEW,ESTABLISHED -m comment --comment 'by knockd' -j ACCEPT",
    "80, 443",
  ],
  ["nft insert rule inet filter input ip saddr %IP% tcp dport 22 accept", "22"],
  [
    "nft add rule ip filter input ip saddr %IP% udp dport 51820 counter accept",
    "51820:udp",
  ],
  ["nft add rule inet filter input ip saddr %IP% tcp dport 22 drop", undefined],
  ["nft add element inet filter ssh { %IP% }", undefined],
  ["ufw allow in on eth0 proto tcp from %IP% to any port 22 comment 'knock %IP%'", "22"],
  ["ufw limit from %IP% to any port 25565 proto tcp", "25565"],
  ["ufw allow from %IP%", undefined],
  [
    'firewall-cmd --zone=public --add-rich-rule \'rule family="ipv4" source ' +
    'address="%IP%" service name="ssh" accept\'',
    "22",
  ],
  [
    "firewall-cmd --add-rich-rule=\"rule family='ipv4' source address='%IP%' port " +
    "port='1194' protocol='udp' accept\" --timeout=60",
    "1194:udp",
  ],
  ["firewall-cmd --add-rich-rule='rule source address=%IP% accept'", undefined],
  [
    "firewall-cmd --add-rich-rule='rule source address=%IP% service name=x drop'",
    undefined,
  ],
  [
    "firewall-cmd --add-rich-rule='rule source address=%IP% service name=constructor accept'",
    undefined,
  ],
  ["doas -n ufw allow from %IP% to any port 22", "22"],
  ["iptables -A INPUT ! -s %IP% -p tcp --dport 22 -j ACCEPT", undefined],
  ["iptables -t nat -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT", undefined],
  [`${IPTABLES}; rm -f /tmp/x`, undefined],
  ["iptables -A INPUT -p tcp --dport 22 -j ACCEPT", undefined],
  ["iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT", undefined],
  ["iptables -I FORWARD -s %IP% -p tcp --dport 22 -j ACCEPT", undefined],
];
for (const [command, expected] of openings) {
  Deno.test(`import: ${command} opens ${expected ?? "nothing that we know"}`, () => {
    assert.equal(plainOpening(command), expected);
  });
}

Deno.test("a timed door's lines say that a start command that fails closes it here", async () => {
  const remark = (name: string) =>
    load(FILES[name]!, "knockd.conf").then(({ config, problems }) =>
      tomlOf(config!, problems).includes("ends with anything but 0 closes the door again")
    );
  assert.equal(await remark("a timed door"), true);
  assert.equal(await remark("the manual's pair"), false);
});
