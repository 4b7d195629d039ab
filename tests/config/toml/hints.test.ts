/** What people write who meet TOML, or knockd, for the first time. */
import { match } from "node:assert/strict";
import { load } from "../files.ts";

const DOOR = '[doors.ssh]\nsequence = "7000,8000,9000"\nopen = 22\n';

/** Each a config, and what is said of its first mistake: what is wrong, then the hint. */
const ROWS: readonly (readonly [string, RegExp, RegExp])[] = [
  ["[doors.a]\nsequence = [7000 8000]", /not TOML/, /commas stand between/],
  ["[options]\nignore_ports = 443, 80", /not TOML/, /in quotes or in brackets/],
  [`${DOOR}cmd_timeout = 30s`, /not TOML/, /no unit: 30/],
  [`${DOOR}cmd_timeout = "30 s"`, /found a text/, /without quotes .* a unit: 30$/],
  [`${DOOR}cmd_timeout = "90"`, /found a text/, /a unit: 90$/],
  [`${DOOR}cmd_timeout = 99999999999999999999`, /not TOML/, /so many digits/],
  [DOOR.replaceAll("\n", "\r"), /not TOML/, /carriage return alone/],
  [`${DOOR}cmd_timeout =`, /not TOML/, /a value is missing/],
  [`${DOOR}cmd_timeout 30`, /not TOML/, /an = stands between/],
  [`${DOOR}on_exit = keep`, /not TOML/, /stands in quotes/],
  ["[doors.a]\nopen = 8000-8010", /not TOML/, /in quotes, as "8000-8010"/],
  ["[doors.a]\nopen = 53:udp", /not TOML/, /in quotes, as/],
  ["[doors.a]\nsequence = [7000, 8000:udp]", /not TOML/, /in quotes, as/],
  ["[doors.a]\nallow = [192.0.2.0/24]", /not TOML/, /in quotes, as/],
  ["[options]\nmetrics = 127.0.0.1:9666", /not TOML/, /in quotes, as/],
  ['[options]\nuse_syslog = "yes"', /found a text/, /without quotes: true/],
  ["[options]\nuse_syslog = no", /not TOML/, /write true or false/],
  ["[options]\nuse_syslog = True", /not TOML/, /small letters/],
  ["[doors.a]\nsequence = “1,2”", /not TOML/, /curly quotes/],
  ['[doors.a]\nsequence = "1,2', /not TOML/, /closing quote is missing/],
  ['[doors.a b]\nsequence = "1,2"', /not TOML/, /space stands in quotes/],
  ["[doors.a]\notp = { length = 5\n", /not TOML/, /closing } is missing/],
  ["[doors.a]\notp = { length = 5\nopen = 22\n", /not TOML/, /closing } is missing/],
  [`${DOOR}tcpflags = ["syn", "ack"]`, /found an array/, /one text in quotes/],
  [`${DOOR}timeout = 10`, /unknown key "timeout"/, /seq_timeout .* cmd_timeout/],
  [`${DOOR}toString = 1`, /unknown key "toString"/, /^known here/],
  [`${DOOR}port = 22`, /unknown key "port"/, /open = 22/],
  ['[doors.a]\nopen = 22\n[doors.a.otp]\nports = "900-100"', /a range/, /"100-900"/],
  ['[doors.a\nsequence = "1,2"', /not TOML/, /closing \] is missing/],
  ["; by me\n[doors.a]", /not TOML/, /starts with #/],
  ['{\n  "doors": {} }', /not TOML/, /looks like JSON/],
  ["doors:\n  ssh:\n    open: 22", /not TOML/, /looks like YAML/],
  ['[doors.a]\nsequence = "1,2" open = 22', /not TOML/, /a line of its own/],
  [`${DOOR}[doors.ssh]\nopen = 80`, /not TOML/, /"doors.ssh" under its first mention/],
  [`${DOOR}open = 80`, /not TOML/, /written once/],
  ['[ssh]\nsequence = "1,2"', /unknown key "ssh"/, /\[doors\.ssh\]/],
  ['[door.ssh]\nsequence = "1,2"', /unknown key "door"/, /did you mean doors/],
  ['["doors.ssh"]\nopen = 22', /unknown key "doors.ssh"/, / \[doors\.ssh\]$/],
  ["[doors.a.b]\nopen = 22", /unknown key "b"/, /\[doors\."a\.b"\]/],
  ["[doors.café]\nopen = 22", /not TOML/, /stands in quotes/],
  ["[doors.a/b]\nopen = 22", /not TOML/, /stands in quotes/],
  ["[[doors.ssh]]\nopen = 22", /found an array/, /one pair .* \[doors\.ssh\]$/],
  [`${DOOR}otp = true`, /expected a table/, /\[doors\.ssh\.otp\]$/],
  [`${DOOR}clients = ["bob"]`, /found an array/, /knockd enroll ssh CLIENT/],
  [`${DOOR}cmd_timeout\u00a0= 30`, /not TOML/, /type the line anew/],
  [`${DOOR}command = "sed 's/\\./-/'"`, /not TOML/, /a backslash is written \\\\, /],
  ["[doors.ssh]\nopen = 22\nsequence = 7000,8000", /not TOML/, /stand in quotes/],
  ['[[doors]]\nname = "ssh"', /expected a table/, /\[doors\.ssh\]/],
  ['interface = "eth0"\n' + DOOR, /unknown key "interface"/, /under \[options\]/],
  ['sequence = "1,2"', /unknown key "sequence"/, /under \[doors\.NAME\]/],
  [`${DOOR}log_file = "x"`, /unknown key "log_file"/, /under \[options\]/],
  [`${DOOR}period = 30`, /unknown key "period"/, /under \[doors\.ssh\.otp\]/],
  [`${DOOR}[doors.ssh.otp]\nopen = 22`, /unknown key "open"/, /under \[doors\.ssh\]/],
  ["[options]\nsecret = 'a'", /unknown key "secret"/, /clients\.NAME\]/],
  [
    "[doors.a]\nopen = 22\n[doors.a.otp]\n[doors.a.clients.bob]\nsecret = 'AAAA'",
    /at least 16/,
    /knockd enroll a bob/,
  ],
];

Deno.test("a newcomer's mistake comes with what to write instead", async () => {
  for (const [text, message, hint] of ROWS) {
    const { problems } = await load(text);
    const meant = problems.find((problem) => message.test(problem.message));
    match(meant?.hint ?? "", hint, `${text}\n${JSON.stringify(problems)}`);
  }
});

Deno.test("a port that is written in another program's way comes with ours", async () => {
  const rows: [string, RegExp][] = [
    ["tcp:7000", /write 7000:tcp/],
    ["udp 7000", /write 7000:udp/],
    ["7000/udp", /write 7000:udp/],
    ["7000 8000", /commas stand between ports/],
    ["7000-7005", /every port of a range/],
  ];
  for (const [port, said] of rows) {
    const { problems } = await load(`[doors.a]\nsequence = "${port},1"\n`);
    match(problems[0]!.message, said);
  }
});
