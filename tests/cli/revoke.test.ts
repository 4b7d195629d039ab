import assert from "node:assert/strict";
import { revokeCommand } from "../../lib/cli/revoke.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { CONFIG, withGate } from "./enrolling.ts";
import { runSubcommand } from "./program.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const OTHER = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U";
const DOOR = `[doors.ssh]\ncommand = "true"\notp = {}\n`;

Deno.test(
  "revoke ends one client and leaves every other byte as it was",
  withGate(async ({ dir, config, enroll, revoke, text, secrets }) => {
    await enroll("ssh", "alice");
    await enroll("ssh", "bob");
    const { code, stdout, stderr } = await revoke("ssh", "alice");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /does not know alice[^]*removed .*ssh\.alice[^]*knockd reload/);
    const bob = `\n[doors.ssh.clients.bob]\nsecret_file = "${dir}/secrets/ssh.bob"\n`;
    assert.equal(text(), CONFIG + bob);
    assert.deepEqual(secrets(), ["ssh.bob"]);
    assert.ok((await loadConfig(config)).config);
  }),
);

for (
  const [what, change] of [
    ["a plain config", (text: string) => text],
    ["one with a byte order mark", (text: string) => `\uFEFF${text}`],
    ["one with CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
    ["one without a newline at its end", (text: string) => text.trimEnd()],
    ["one with empty lines at its end", (text: string) => `${text}\n\n`],
    ["one that ends in a comment", (text: string) => `${text}# the end`],
  ] as const
) {
  const before = change(CONFIG);
  Deno.test(
    `enroll and revoke give back ${what} to the byte`,
    withGate(async ({ config, enroll, revoke, secrets }) => {
      assert.equal((await enroll("ssh", "alice")).code, 0);
      assert.equal((await revoke("ssh", "alice")).code, 0);
      const bytes = Deno.readFileSync(config);
      assert.deepEqual(bytes, new TextEncoder().encode(before));
      assert.deepEqual(secrets(), []);
    }, before),
  );
}

Deno.test(
  "a revoked client can be enrolled again, with a new secret",
  withGate(async ({ enroll, revoke }) => {
    const first = await enroll("ssh", "alice");
    await revoke("ssh", "alice");
    const second = await enroll("ssh", "alice");
    assert.equal(second.code, 0);
    assert.notEqual(first.stdout, second.stdout);
  }),
);

const BY_HAND: [form: string, before: string, after: string][] = [
  [
    "a table among comments",
    `${DOOR}# al's laptop\n[doors.ssh.clients.al] # here\n# inside\nsecret = """\n` +
    `${SECRET}""" # x\n# after\n`,
    `${DOOR}# al's laptop\n# after\n`,
  ],
  [
    "a line of a table of clients",
    `${DOOR}[doors.ssh.clients]\nal = { secret = "${SECRET}" }\n\n` +
    `bo.secret = "${OTHER}" # bo\n`,
    `${DOOR}[doors.ssh.clients]\n\nbo.secret = "${OTHER}" # bo\n`,
  ],
  [
    "a dotted key of the door",
    `${DOOR}clients.al.secret = "${SECRET}"\nclients.bo.secret = "${OTHER}"\n`,
    `${DOOR}clients.bo.secret = "${OTHER}"\n`,
  ],
  [
    "a table with quotes and spaces in its name",
    `${DOOR}[ doors . "ssh" . clients . 'al' ]\nsecret = "${SECRET}"`,
    DOOR.trimEnd(),
  ],
];

for (const [form, before, after] of BY_HAND) {
  Deno.test(
    `revoke removes a client written by hand as ${form}`,
    withGate(async ({ config, revoke, text }) => {
      Deno.chmodSync(config, 0o600);
      const { code, stdout, stderr } = await revoke("ssh", "al");
      assert.deepEqual([code, stderr], [0, ""]);
      assert.equal(text(), after);
      assert.ok(!stdout.includes(SECRET));
    }, before),
  );
}

const BRACES = `# one line\n[doors.ssh]\ncommand = "true"\notp = {}\n` +
  `clients = { al = { secret = "${SECRET}" }, bo = { secret = "${OTHER}" } }\n`;

Deno.test(
  "revoke names the line of a client within braces, and leaves it to the admin",
  withGate(async ({ config, revoke, text }) => {
    Deno.chmodSync(config, 0o600);
    const { code, stdout, stderr } = await revoke("ssh", "bo");
    assert.deepEqual([code, stdout, text()], [1, "", BRACES]);
    assert.match(stderr, /knock\.toml:5: bo stands within the braces .*\n.*delete bo/);
    assert.ok(!stderr.includes(OTHER));
  }, BRACES),
);

const UNKNOWN: [what: string, args: string[], expected: RegExp][] = [
  ["a mistyped door", ["shh", "alice"], /no door "shh"\n.*did you mean ssh\?/],
  ["a mistyped client", ["ssh", "alcie"], /no client "alcie".*\n.*did you mean alice\?/],
  ["no such client", ["ssh", "zoe"], /no client "zoe" of door ssh\n.*known here: alice/],
  ["another door's client", ["old gate", "alice"], /no client "alice" of door old gate/],
];

for (const [what, args, expected] of UNKNOWN) {
  Deno.test(
    `revoke refuses ${what}, and changes nothing`,
    withGate(async ({ enroll, revoke, text, secrets }) => {
      await enroll("ssh", "alice");
      const before = text();
      const { code, stderr } = await revoke(...args);
      assert.equal(code, 2);
      assert.match(stderr, expected);
      assert.deepEqual([text(), secrets()], [before, ["ssh.alice"]]);
    }),
  );
}

Deno.test(
  "a client whose secret is lost can be revoked",
  withGate(async ({ dir, enroll, revoke, text }) => {
    await enroll("ssh", "alice");
    Deno.removeSync(`${dir}/secrets/ssh.alice`);
    const { code, stderr } = await revoke("ssh", "alice");
    assert.equal(code, 0);
    assert.match(stderr, /warning: .*ssh\.alice .*No such file/);
    assert.equal(text(), CONFIG);
  }),
);

Deno.test(
  "revoke makes no config that the daemon would refuse",
  withGate(async ({ config, enroll, revoke, text, secrets }) => {
    await enroll("ssh", "alice");
    Deno.writeTextFileSync(config, "seq_timeout = 'x'\n", { append: true });
    const before = text();
    const { code, stderr } = await revoke("ssh", "alice");
    // The wrong line is in the client's own table, and goes with it.
    assert.deepEqual([code, stderr, text()], [0, "", CONFIG]);
    await enroll("ssh", "alice");
    Deno.writeTextFileSync(config, "[doors.ssh.wrong]\n", { append: true });
    const refused = await revoke("ssh", "alice");
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /unknown key "wrong"/);
    assert.ok(before !== text() && text().includes("alice"));
    assert.deepEqual(secrets(), ["ssh.alice"]);
  }),
);

Deno.test(
  "a file that holds no secret is not removed, whatever the config calls it",
  withGate(async ({ dir, config, enroll, revoke, text }) => {
    await enroll("ssh", "alice");
    Deno.writeTextFileSync(`${dir}/passwd`, "root:x:0:0:root:/root:/bin/bash\n");
    Deno.writeTextFileSync(config, text().replace("secrets/ssh.alice", "passwd"));
    const { code, stderr } = await revoke("ssh", "alice");
    assert.equal(code, 0);
    assert.match(stderr, /passwd is still there: it holds no secret/);
    assert.ok(Deno.statSync(`${dir}/passwd`).isFile);
  }),
);

Deno.test(
  "a secret that another door uses as well is not removed",
  withGate(async ({ config, enroll, revoke, secrets }) => {
    await enroll("ssh", "alice");
    const other = '[doors.b]\ncommand = "true"\notp = {}\n' +
      '[doors.b.clients.al]\nsecret_file = "./secrets/ssh.alice"\n';
    Deno.writeTextFileSync(config, other, { append: true });
    const { code, stderr } = await revoke("ssh", "alice");
    assert.equal(code, 0);
    assert.match(stderr, /ssh\.alice is still there: al of door b has the same/);
    assert.deepEqual(secrets(), ["ssh.alice"]);
    assert.ok((await loadConfig(config)).config);
  }),
);

Deno.test(
  "a text that is no TOML is an error with its place",
  withGate(async ({ revoke }) => {
    const { code, stderr } = await revoke("ssh", "alice");
    assert.equal(code, 2);
    assert.match(stderr, /knock\.toml:2:\d+: this is not TOML/);
  }, "[doors.ssh]\n=\n"),
);

Deno.test(
  "a classic config has no clients to revoke",
  withGate(async ({ dir }) => {
    const args = ["-c", `${dir}/knockd.conf`, "ssh", "alice"];
    const { code, stderr } = await runSubcommand(revokeCommand(), args);
    assert.equal(code, 2);
    assert.match(stderr, /in the TOML format only/);
  }),
);
