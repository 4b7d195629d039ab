import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { parseAddress } from "../../../lib/core/address.ts";
import type { Door, OtpSettings } from "../../../lib/core/door.ts";
import { Secret } from "../../../lib/core/secret.ts";
import { formatSecret } from "../../../lib/core/one_time/secret_text.ts";
import { formatKnock, formatSequence } from "../../../lib/core/sequence.ts";
import { formatTcpFlags } from "../../../lib/core/tcp_flags.ts";
import { doorsOf, load, SECRET } from "../files.ts";

Deno.test("the contract's example loads as it reads", async () => {
  const { config, problems } = await load(`
[options]
interface  = "eth0"
log_file   = "/var/log/knockd.log"
log_format = "text"
use_syslog = false
pid_file   = "/run/knockd.pid"
state_dir  = "/var/lib/knockd"
control    = "/run/knockd.sock"
metrics     = "127.0.0.1:9666"
ignore_ports = ["443:udp"]

[doors.openSSH]
sequence    = "7000,8000:udp,9000"
seq_timeout = 10
tcpflags    = "syn,!ack"
command     = "/usr/sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT"

[doors.ssh]
start_command = ["nft", "add", "element", "inet", "knock", "ssh", "{ %IP% timeout 1h }"]
stop_command  = ["nft", "delete", "element", "inet", "knock", "ssh", "{ %IP% }"]
cmd_timeout   = 30
[doors.ssh.otp]
length = 5
ports  = "10000-59999"
protocol = "tcp"
mode   = "totp"
period = 30
window = 1
bind_source = false
[doors.ssh.clients.alice]
secret = "${SECRET}"
`);
  deepEqual(problems, []);
  deepEqual(config?.options, {
    interfaces: ["eth0"],
    logFile: "/var/log/knockd.log",
    logFormat: "text",
    logTime: "minute",
    useSyslog: false,
    pidFile: "/run/knockd.pid",
    stateDir: "/var/lib/knockd",
    control: "/run/knockd.sock",
    metrics: { hostname: "127.0.0.1", port: 9666 },
    historyDays: 90,
    historyRows: 100_000,
    table: "knockd",
    ignorePorts: [{ port: 443, protocol: "udp" }],
  });
  const [openSSH, ssh] = config!.doors;
  const command = "/usr/sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT";
  deepEqual(openSSH, {
    name: "openSSH",
    label: "openSSH",
    key: {
      kind: "static",
      sequence: [
        { port: 7000, protocol: "tcp" },
        { port: 8000, protocol: "udp" },
        { port: 9000, protocol: "tcp" },
      ],
    },
    seqTimeout: 10,
    tcpFlags: { mask: 0x12, value: 0x02 },
    tolerance: 2,
    start: { ipv4: command, ipv6: command },
    cmdTimeout: 10,
    again: "extend",
    failedStart: "close",
    closes: [],
    maxOpen: 1024,
    cooldown: 0,
    commandTimeout: 30,
    onExit: "close",
  });
  equal(ssh?.cmdTimeout, 30);
  deepEqual(ssh?.key.kind === "otp" && ssh.key.clients.map(({ name }) => name), [
    "alice",
  ]);
});

Deno.test("what knock.toml leaves out has knockd's defaults", async () => {
  const { config } = await load(
    `[doors.a]\nsequence = "1,2"\n[doors.b]\notp = {}\nclients.al.secret = "${SECRET}"`,
  );
  deepEqual(config?.options, {
    interfaces: [],
    logFormat: "text",
    logTime: "minute",
    useSyslog: false,
    historyDays: 90,
    historyRows: 100_000,
    table: "knockd",
    ignorePorts: [],
  });
  const [a, b] = config!.doors;
  deepEqual([a?.seqTimeout, a?.cmdTimeout, a?.tolerance], [25, 10, 2]);
  deepEqual(a?.tcpFlags, { mask: 0x12, value: 0x02 });
  deepEqual(b?.key.kind === "otp" && b.key.otp, {
    length: 5,
    lo: 10000,
    hi: 59999,
    protocol: "tcp",
    mode: "totp",
    period: 30,
    window: 1,
    lookAhead: 10,
    bindSource: false,
  });
});

Deno.test("an IPv6 knocker runs the _6 command, or the plain one, or nothing", async () => {
  const rows: [string, Pick<Door, "start" | "stop">, string][] = [
    ['command = "a"', { start: { ipv4: "a", ipv6: "a" } }, "the plain one for both"],
    [
      'command = "a"\ncommand_6 = ["b"]',
      { start: { ipv4: "a", ipv6: ["b"] } },
      "its own",
    ],
    ['command = "a"\nstart_command_6 = " "', { start: { ipv4: "a" } }, "an empty one"],
    ['command_6 = "b"', { start: { ipv6: "b" } }, "the _6 one alone"],
    ['command = ""', {}, "nothing at all"],
    [
      'command = "a"\ncommand_6 = ""\nstop_command = "c"',
      { start: { ipv4: "a" }, stop: { ipv4: "c" } },
      "what nothing opened, nothing closes",
    ],
    [
      'command = "a"\nstop_command = "c"\nstop_command_6 = ""',
      { start: { ipv4: "a", ipv6: "a" }, stop: { ipv4: "c" } },
      "opened for both, closed for one",
    ],
  ];
  for (const [text, expected, why] of rows) {
    const [door] = await doorsOf(`[doors.a]\nsequence = "1,2"\n${text}`);
    const { start, stop } = door!;
    deepEqual({ ...(start && { start }), ...(stop && { stop }) }, expected, why);
  }
});

const knock = fc.record({
  port: fc.integer({ min: 1, max: 65535 }),
  protocol: fc.constantFrom("tcp" as const, "udp" as const),
});
const word = fc.string({ minLength: 1, maxLength: 12 }).filter((text) =>
  text.trim() !== "" && !/%[A-Z]+%|\0/.test(text)
);
const command = fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 4 }));
const seconds = fc.integer({ min: 1, max: 31_536_000 });
const settings: fc.Arbitrary<OtpSettings> = fc.record({
  length: fc.integer({ min: 6, max: 32 }),
  lo: fc.integer({ min: 1, max: 30000 }),
  hi: fc.integer({ min: 40000, max: 65535 }),
  protocol: fc.constantFrom("tcp" as const, "udp" as const, "mixed" as const),
  mode: fc.constantFrom("totp" as const, "hotp" as const),
  period: fc.integer({ min: 5, max: 86400 }),
  window: fc.nat(10),
  lookAhead: fc.nat(100),
  bindSource: fc.boolean(),
});
const clients = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,20}$/),
    secret: fc.uint8Array({ minLength: 16, maxLength: 64 }).map((raw) => new Secret(raw)),
  }),
  { minLength: 1, maxLength: 3, selector: (client) => client.name.toLowerCase() },
).filter((all) =>
  all.every(({ name }) => !["constructor", "prototype"].includes(name)) &&
  new Set(all.map(({ secret }) => `${secret.reveal()}`)).size === all.length
);
const key: fc.Arbitrary<Door["key"]> = fc.oneof(
  fc.record({
    kind: fc.constant("static" as const),
    sequence: fc.array(knock, { minLength: 2, maxLength: 32 }),
  }),
  fc.record({ kind: fc.constant("otp" as const), otp: settings, clients }),
);
const door: fc.Arbitrary<Door> = fc.record({
  key,
  label: fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/),
  seqTimeout: seconds,
  flags: fc.tuple(fc.nat(255), fc.nat(255)),
  target: fc.option(fc.oneof(fc.ipV4(), fc.ipV6()), { nil: undefined }),
  tolerance: fc.integer({ min: 0, max: 2 }),
  ipv4: command,
  ipv6: command,
  cmdTimeout: seconds,
  again: fc.constantFrom("extend" as const, "run" as const),
  failedStart: fc.constant("close" as const),
  closes: fc.constant([]),
  maxOpen: fc.integer({ min: 1, max: 1_000_000 }),
  cooldown: seconds,
  commandTimeout: seconds,
  onExit: fc.constantFrom("close" as const, "keep" as const),
}).map(({ flags: [mask, value], target, ipv4, ipv6, ...door }) => {
  const address = target === undefined ? undefined : parseAddress(target);
  return {
    ...door,
    name: "generated",
    tcpFlags: { mask, value: mask & value },
    start: { ipv4, ipv6 },
    stop: { ipv4: ipv6, ipv6: ipv4 },
    ...(address && { target: address }),
  };
});

/** JSON's texts, numbers and arrays are TOML's as well, but for the DEL character. */
const toml = (value: unknown) => JSON.stringify(value).replaceAll("\x7f", "\\u007f");

function written(door: Door): string {
  const { key, start, stop } = door;
  const lines = [
    "[doors.generated]",
    `label = ${toml(door.label)}`,
    `seq_timeout = ${door.seqTimeout}`,
    `tcpflags = ${toml(formatTcpFlags(door.tcpFlags))}`,
    door.target ? `target = ${toml(door.target.text)}` : "",
    `tolerance = ${door.tolerance}`,
    `start_command = ${toml(start?.ipv4)}`,
    `start_command_6 = ${toml(start?.ipv6)}`,
    `stop_command = ${toml(stop?.ipv4)}`,
    `stop_command_6 = ${toml(stop?.ipv6)}`,
    `cmd_timeout = ${door.cmdTimeout}`,
    `again = ${toml(door.again)}`,
    `max_open = ${door.maxOpen}`,
    `cooldown = ${door.cooldown}`,
    `command_timeout = ${door.commandTimeout}`,
    `on_exit = ${toml(door.onExit)}`,
  ];
  if (key.kind === "static") {
    const { sequence } = key;
    const asText = sequence.length % 2 === 0;
    const value = asText ? formatSequence(sequence) : sequence.map(formatKnock);
    lines.push(`sequence = ${toml(value)}`);
  }
  if (key.kind === "otp") {
    const { lo, hi, lookAhead, bindSource, ...same } = key.otp;
    lines.push("[doors.generated.otp]");
    for (const [name, value] of Object.entries(same)) {
      lines.push(`${name} = ${toml(value)}`);
    }
    lines.push(`ports = "${lo}-${hi}"`, `look_ahead = ${lookAhead}`);
    lines.push(`bind_source = ${bindSource}`);
    for (const { name, secret } of key.clients) {
      lines.push(`[doors.generated.clients.${toml(name)}]`);
      lines.push(`secret = "${formatSecret(secret)}"`);
    }
  }
  return lines.join("\n");
}

Deno.test("whatever door is written down is the door that loads", async () => {
  await fc.assert(
    fc.asyncProperty(door, async (door) => {
      const [loaded] = await doorsOf(written(door));
      deepEqual(bare(loaded!), bare(door));
    }),
    { numRuns: 200 },
  );
});

/**
 * Secrets keep their bytes from a comparison as well; and a table of JavaScript has the
 * keys that are whole numbers first.
 */
function bare(door: Door): unknown {
  if (door.key.kind !== "otp") return door;
  const clients = door.key.clients.map(({ name, secret }) => [name, secret.reveal()])
    .toSorted();
  return { ...door, key: { ...door.key, clients } };
}

Deno.test("metrics are had on a loopback address, and nowhere else", async () => {
  const rows: [string, RegExp | undefined][] = [
    ["127.0.0.1:9666", undefined],
    ["127.1.2.3:1", undefined],
    ["[::1]:65535", undefined],
    ["localhost:9666", undefined],
    ["0.0.0.0:9666", /0\.0\.0\.0 is no loopback address/],
    ["192.0.2.7:9666", /no loopback address/],
    ["[2001:db8::1]:9666", /no loopback address/],
    ["9666", /no address with a port/],
    ["127.0.0.1", /no address with a port/],
    ["127.0.0.1:0", /no port 0/],
    ["127.0.0.1:70000", /no port 70000/],
    ["host.example:9666", /"host.example" is no IP address/],
    ["", /no address with a port/],
  ];
  for (const [metrics, message] of rows) {
    const { config, problems } = await load(
      `[options]\nmetrics = "${metrics}"\n[doors.a]\nsequence = "1,2"\n`,
    );
    if (message === undefined) ok(config?.options.metrics, metrics);
    else match(problems[0]!.message, message);
  }
});
