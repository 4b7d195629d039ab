import assert from "node:assert/strict";
import { enrollCommand } from "../../lib/cli/enroll.ts";
import { enroll } from "../../lib/config/enroll.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { formatProblem } from "../../lib/config/problems.ts";
import type { Client, Door } from "../../lib/core/door.ts";
import type { Enrolment } from "../../lib/core/enrolment.ts";
import { parseUri } from "../../lib/core/otpauth_uri.ts";
import { formatSecret } from "../../lib/core/secret_text.ts";
import { mode } from "../client/directory.ts";
import { CONFIG, withGate } from "./enrolling.ts";
import { runSubcommand } from "./program.ts";

/** The doors of a config that has to be valid. */
async function doorsOf(path: string): Promise<readonly Door[]> {
  const { config, problems } = await loadConfig(path);
  assert.ok(config, problems.map(formatProblem).join("\n"));
  return config.doors;
}

async function clientsOf(path: string, name: string): Promise<readonly Client[]> {
  const door = (await doorsOf(path)).find((door) => door.name === name);
  assert.equal(door?.key.kind, "otp");
  return door.key.clients;
}

/** What a URI says, which has to be all of standard output. */
function read(stdout: string): Enrolment {
  const enrolment = parseUri(stdout.replace(/\n$/, ""));
  assert.ok(typeof enrolment !== "string", `${enrolment}`);
  return enrolment;
}

Deno.test(
  "enroll stores a secret, adds the client and shows the URI that carries both",
  withGate(async ({ dir, config, enroll, text, secrets }) => {
    const { code, stdout, stderr } = await enroll("ssh", "alice");
    assert.equal(code, 0);
    const { secret, ...rest } = read(stdout);
    const otp = { length: 6, lo: 10000, hi: 59999, protocol: "tcp", mode: "totp" };
    assert.deepEqual(rest, {
      host: "gate.example.org",
      door: "ssh",
      label: "ssh",
      client: "alice",
      otp: { ...otp, period: 30, bindSource: false },
      counter: 0,
    });
    assert.equal(secret.reveal().length, 32);
    const file = `${dir}/secrets/ssh.alice`;
    assert.equal(Deno.readTextFileSync(file), `${formatSecret(secret)}\n`);
    assert.deepEqual([mode(file), mode(`${dir}/secrets`)], [0o600, 0o700]);
    assert.deepEqual(secrets(), ["ssh.alice"]);
    const table = `\n[doors.ssh.clients.alice]\nsecret_file = "${file}"\n`;
    assert.equal(text(), CONFIG + table);
    const [client] = await clientsOf(config, "ssh");
    assert.deepEqual(client?.secret.reveal(), secret.reveal());
    assert.match(stderr, /knockd reload[^]*knockd profile add/);
    assert.ok(!stderr.includes(formatSecret(secret)));
  }),
);

Deno.test(
  "enroll hands over a counter, a binding and a label where the door has them",
  withGate(
    async ({ enroll }) => {
      const { otp, label, counter } = read((await enroll("front door", "a")).stdout);
      assert.deepEqual([label, counter], ["front", 0]);
      assert.deepEqual([otp.mode, otp.bindSource], ["hotp", true]);
    },
    '[doors."front door"]\nlabel = "front"\ncommand = "true"\n' +
      'otp.mode = "hotp"\notp.bind_source = true\n',
  ),
);

Deno.test(
  "every secret is another",
  withGate(async ({ enroll }) => {
    const outcomes = [await enroll("ssh", "a"), await enroll("ssh", "b")];
    const [a, b] = outcomes.map(({ stdout }) => formatSecret(read(stdout).secret));
    assert.notEqual(a, b);
  }),
);

Deno.test(
  "the config keeps its mode, its owner and the link that leads to it",
  withGate(async ({ dir, config, enroll }) => {
    const real = `${dir}/real`;
    Deno.renameSync(config, real);
    Deno.symlinkSync("real", config);
    // Only root can give a file away.
    const owner = Deno.uid() === 0 ? 12345 : Deno.uid();
    if (Deno.uid() === 0) Deno.chownSync(real, owner, owner);
    assert.equal((await enroll("ssh", "alice")).code, 0);
    assert.ok(Deno.lstatSync(config).isSymlink);
    assert.equal(mode(real), 0o640);
    assert.equal(Deno.statSync(real).uid, owner);
    assert.match(Deno.readTextFileSync(real), /clients\.alice/);
    const left = [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
    assert.deepEqual(left, ["knock.toml", "real", "secrets"]);
  }),
);

Deno.test(
  "--print leaves the config alone and shows lines that make it complete",
  withGate(async ({ config, enroll, text, secrets }) => {
    const { code, stdout, stderr } = await enroll("ssh", "a.b@c", "--print");
    assert.deepEqual([code, text(), secrets()], [0, CONFIG, ["ssh.a.b@c"]]);
    const { secret } = read(stdout);
    const lines = /^Add this, at the end of .*\n\n([^]*)\n\n$/m.exec(stderr)?.[1];
    Deno.writeTextFileSync(config, `${CONFIG}${lines}\n`);
    const [client] = await clientsOf(config, "ssh");
    assert.equal(client?.name, "a.b@c");
    assert.deepEqual(client.secret.reveal(), secret.reveal());
  }),
);

for (
  const [what, door, where] of [
    ["a door", "doors.ssh = { command = 'true', otp = {} HERE }", "door ssh"],
    [
      "clients",
      "[doors.ssh]\ncommand = 'true'\notp = {}\nclients = { old = { secret = " +
      '"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" } HERE }',
      "the clients of door ssh",
    ],
  ] as const
) {
  const before = door.replace(" HERE", "");
  Deno.test(
    `where ${what} stood within braces, the lines are shown and the config stays`,
    withGate(async ({ config, enroll, text }) => {
      Deno.chmodSync(config, 0o600);
      const { code, stdout, stderr } = await enroll("ssh", "a@b");
      assert.deepEqual([code, text()], [1, before]);
      assert.ok(stderr.includes(`Add this, within the braces of ${where} of `), stderr);
      assert.match(stderr, /was not changed: an inline table/);
      const line = /^Add this.*\n\n(.*)$/m.exec(stderr)?.[1];
      Deno.writeTextFileSync(config, door.replace(" HERE", `, ${line}`));
      const client = (await clientsOf(config, "ssh")).find(({ name }) => name === "a@b");
      assert.deepEqual(client?.secret.reveal(), read(stdout).secret.reveal());
    }, before),
  );
}

Deno.test(
  "--uri-only prints the URI and nothing else",
  withGate(async ({ enroll }) => {
    const { code, stdout, stderr } = await enroll("ssh", "alice", "--uri-only");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(read(stdout).client, "alice");
  }),
);

Deno.test(
  "a terminal gets a QR code too, unless it is not wanted",
  withGate(async ({ enroll }) => {
    const { isTerminal } = Deno.stdout;
    Deno.stdout.isTerminal = () => true;
    try {
      const [uri, ...drawn] = (await enroll("ssh", "a")).stdout.split("\n");
      assert.equal(read(uri!).client, "a");
      assert.ok(drawn.length > 20 && drawn.join("").includes("▀"));
      for (const option of ["--no-qr", "--uri-only"]) {
        const { stdout } = await enroll("ssh", `b${option}`, option);
        assert.match(stdout, /^otpauth:\S+\n$/);
      }
    } finally {
      Deno.stdout.isTerminal = isTerminal;
    }
  }),
);

Deno.test(
  "--secret-dir says where the secret goes",
  withGate(async ({ dir, config, enroll, secrets }) => {
    const keys = `${dir}/a "b"/keys`;
    assert.equal((await enroll("ssh", "alice", "--secret-dir", `${keys}/`)).code, 0);
    assert.deepEqual([mode(keys), mode(`${keys}/ssh.alice`)], [0o700, 0o600]);
    assert.equal((await clientsOf(config, "ssh")).length, 1);
    assert.deepEqual(secrets(), []);
  }),
);

const STRANGE_NAMES = ['a/../../b "c"', "ü\\n", "old gate", "x.y", "=#'"];

Deno.test(
  "doors with strange names get clients, and secrets stay in their directory",
  withGate(
    async ({ config, enroll, secrets }) => {
      for (const name of STRANGE_NAMES) {
        const { code, stdout, stderr } = await enroll(name, "alice");
        assert.equal(code, 0, stderr);
        assert.equal(read(stdout).door, name);
        assert.equal((await clientsOf(config, name)).length, 1);
      }
      assert.deepEqual(secrets(), [
        "label0.alice",
        "label1.alice",
        "label2.alice",
        "label4.alice",
        "x.y.alice",
      ]);
    },
    STRANGE_NAMES.map((name, i) =>
      `[doors.${JSON.stringify(name)}]\nlabel = "label${i}"\ncommand = "true"\notp = {}\n`
    ).join(""),
  ),
);

for (
  const client of ["", "../x", "a/b", "a b", "ü", "-x", ".x", "a\nb", "x".repeat(65)]
) {
  Deno.test(
    `a client can't be called ${JSON.stringify(client.slice(0, 8))}`,
    withGate(async ({ config, text, secrets }) => {
      const args = ["-c", config, "--host", "h", "--", "ssh", client];
      const { code, stderr } = await runSubcommand(enrollCommand(), args);
      assert.equal(code, 2);
      assert.match(stderr, /^knockd: error: a client's name has 1 to 64 of /);
      assert.deepEqual([text(), secrets()], [CONFIG, []]);
    }),
  );
}

const REFUSED: [why: string, args: string[], code: number, stderr: RegExp][] = [
  ["a mistyped door", ["shh", "a"], 2, /there is no door "shh"\n.*did you mean ssh\?/],
  ["no such door", ["website", "a"], 2, /no door "website"\n.*known here: ssh, old gate/],
  [
    "a static door",
    ["old gate", "a"],
    2,
    /old gate is no rotating door.*\n.*its sequence line.* \[doors\."old gate"\.otp\]/,
  ],
  ["a host that is none", ["ssh", "a", "--host", "a b"], 2, /host is missing or wrong/],
  ["a host with a port", ["ssh", "a", "--host", "h:22"], 2, /host is missing or wrong/],
  ["a name the config can't have", ["ssh", "constructor"], 2, /unsafe property/],
];

for (const [why, args, code, expected] of REFUSED) {
  Deno.test(
    `enroll refuses ${why}, and leaves nothing behind`,
    withGate(async ({ enroll, text, secrets }) => {
      const outcome = await enroll(...args);
      assert.deepEqual([outcome.code, outcome.stdout], [code, ""]);
      assert.match(outcome.stderr, expected);
      assert.deepEqual([text(), secrets()], [CONFIG, []]);
    }),
  );
}

Deno.test(
  "enroll refuses to guess the host",
  withGate(async ({ config, secrets }) => {
    const outcome = await runSubcommand(enrollCommand(), ["-c", config, "ssh", "a"]);
    assert.equal(outcome.code, 2);
    assert.match(outcome.stderr, /--host is missing/);
    assert.deepEqual(secrets(), []);
  }),
);

Deno.test(
  "a client is not enrolled twice, whatever the case of its name",
  withGate(async ({ enroll, text, secrets }) => {
    await enroll("ssh", "alice");
    const before = text();
    const { code, stdout, stderr } = await enroll("ssh", "Alice");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /the door ssh has a client alice already\n.*knockd revoke/);
    assert.deepEqual([text(), secrets()], [before, ["ssh.alice"]]);
  }),
);

Deno.test(
  "a secret's file that is there already is not overwritten",
  withGate(async ({ dir, enroll, text }) => {
    Deno.mkdirSync(`${dir}/secrets`);
    Deno.writeTextFileSync(`${dir}/secrets/ssh.alice`, "precious");
    const { code, stderr } = await enroll("ssh", "alice");
    assert.equal(code, 1);
    assert.match(stderr, /ssh\.alice: .*there is one already\n.*remove it if nothing/);
    assert.equal(Deno.readTextFileSync(`${dir}/secrets/ssh.alice`), "precious");
    assert.equal(text(), CONFIG);
  }),
);

const WEAK = `[doors.ssh]
command = "true"
tolerance = 0
otp = { length = 3, ports = "10000-31050", window = 0 }
`;

Deno.test(
  "a secret is removed again when the door is too weak for one client more",
  withGate(async ({ enroll, text, secrets }) => {
    assert.equal((await enroll("ssh", "alice")).code, 0);
    const before = text();
    const { code, stdout, stderr } = await enroll("ssh", "bob");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /guessing a sequence takes 39 bits/);
    assert.deepEqual([text(), secrets()], [before, ["ssh.alice"]]);
  }, WEAK),
);

Deno.test(
  "enroll shows every problem of a config that is wrong",
  withGate(async ({ enroll, secrets }) => {
    const { code, stderr } = await enroll("ssh", "alice");
    assert.equal(code, 2);
    assert.match(stderr, /knock\.toml:2:1: .*"comand"[^]*knock\.toml:3:15: .*expected/);
    assert.deepEqual(secrets(), []);
  }, '[doors.ssh]\ncomand = "true"\nseq_timeout = "x"\n[doors.ssh.otp]\n'),
);

Deno.test(
  "a classic config is refused with the way to a TOML one",
  withGate(async ({ dir }) => {
    const config = `${dir}/knockd.conf`;
    const args = ["-c", config, "--host", "h", "ssh", "alice"];
    const { code, stderr } = await runSubcommand(enrollCommand(), args);
    assert.equal(code, 2);
    assert.match(stderr, /in the TOML format only.*\n.*knockd import .*knockd\.conf/);
  }),
);

Deno.test(
  "a config that is not there is one line",
  withGate(async ({ dir }) => {
    const args = ["-c", `${dir}/none/knock.toml`, "--host", "h", "ssh", "alice"];
    const { code, stderr } = await runSubcommand(enrollCommand(), args);
    assert.equal(code, 2);
    assert.match(stderr, /^knockd: error: .*none\/knock\.toml: .*no such file\n$/);
  }),
);

Deno.test(
  "clients that are enrolled at the same moment are all there afterwards",
  withGate(async ({ config }) => {
    const names = Array.from({ length: 8 }, (_, i) => `client${i}`);
    const host = "gate.example.org";
    await Promise.all(
      names.map((client) => enroll({ config, door: "ssh", client, host })),
    );
    const clients = await clientsOf(config, "ssh");
    assert.deepEqual(clients.map(({ name }) => name).sort(), names);
  }),
);
