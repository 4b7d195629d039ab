import assert from "node:assert/strict";
import { enroll } from "../../lib/config/clients/enroll.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { formatProblem } from "../../lib/config/problems.ts";
import type { Client, Door } from "../../lib/core/door.ts";
import type { Enrolment } from "../../lib/core/one_time/enrolment.ts";
import { parseUri } from "../../lib/core/one_time/otpauth_uri.ts";
import { formatSecret } from "../../lib/core/one_time/secret_text.ts";
import { Journal } from "../../lib/server/journal/journal.ts";
import { seriesOf } from "../../lib/server/journal/series.ts";
import { mode } from "../client/directory.ts";
import { CONFIG, withGate } from "./enrolling.ts";

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

const isTemporary = ({ name }: Deno.DirEntry) => name.startsWith(".knockd-");

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
    // Only root can give a file away, and obeys none that it gave to another user.
    const group = Deno.uid() === 0 ? 12345 : Deno.gid();
    if (Deno.uid() === 0) Deno.chownSync(real, 0, group);
    assert.equal((await enroll("ssh", "alice")).code, 0);
    assert.ok(Deno.lstatSync(config).isSymlink);
    assert.equal(mode(real), 0o640);
    assert.equal(Deno.statSync(real).gid, group);
    assert.match(Deno.readTextFileSync(real), /clients\.alice/);
    const left = [...Deno.readDirSync(dir)].map(({ name }) => name)
      .filter((name) => name !== "state").sort();
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
    const { consoleSize } = Deno;
    Deno.stdout.isTerminal = () => true;
    Deno.consoleSize = () => ({ columns: 80, rows: 24 });
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
      Deno.consoleSize = consoleSize;
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

Deno.test(
  "enroll leaves no config that names a file which is not there, whatever can't be synced",
  withGate(async ({ dir, config, enroll, secrets }) => {
    const { syncSync } = Deno.FsFile.prototype;
    for (let failing = 1, code = 1; code !== 0; failing++) {
      let nth = 0;
      Deno.FsFile.prototype.syncSync = function () {
        if (++nth === failing) throw new Error("Input/output error (os error 5)");
        syncSync.call(this);
      };
      try {
        ({ code } = await enroll("ssh", `client${failing}`));
      } finally {
        Deno.FsFile.prototype.syncSync = syncSync;
      }
      const known = await clientsOf(config, "ssh");
      assert.deepEqual(secrets(), known.map(({ name }) => `ssh.${name}`).sort());
      assert.deepEqual([...Deno.readDirSync(dir)].filter(isTemporary), []);
    }
  }),
);

Deno.test(
  "enroll --page shows a link to the page, whose secret stays behind the #",
  withGate(async ({ enroll }) => {
    const { code, stdout } = await enroll(
      "ssh",
      "alice",
      "--page",
      "https://a.example/k",
    );
    assert.equal(code, 0);
    const [page, uri] = stdout.trim().split("#");
    assert.equal(page, "https://a.example/k");
    assert.equal(read(uri!).client, "alice");
  }),
);

for (
  const [host, text, why] of [
    ["fe80::1%eth0", CONFIG, /browsers reach no link-local address; the client can$/m],
    [
      "gate.example.org",
      CONFIG.replace("length = 6", "bind_source = true"),
      /bound door/,
    ],
    ["gate.example.org", CONFIG, undefined],
  ] as const
) {
  Deno.test(
    `enroll --page warns of a door that no page opens: ${host}, ${why}`,
    withGate(async ({ enroll }) => {
      const page = ["--page", "https://a.example/k"];
      const { code, stderr } = await enroll("ssh", "al", "--host", host, ...page);
      assert.equal(code, 0);
      if (why === undefined) assert.doesNotMatch(stderr, /the page can't knock/);
      else assert.match(stderr, why);
    }, text),
  );
}

Deno.test(
  "enroll --page refuses an address over which browsers give a page no keys",
  withGate(async ({ enroll, secrets }) => {
    const { code, stderr } = await enroll("ssh", "alice", "--page", "http://a.example/k");
    assert.deepEqual([code, secrets()], [2, []]);
    assert.match(stderr, /over http, browsers give a page no keys/);
  }),
);

Deno.test(
  "enroll makes the journal if there is none, in which the newcomer has used nothing",
  withGate(async ({ dir, config, enroll }) => {
    const { stderr } = await enroll("ssh", "alice");
    assert.doesNotMatch(stderr, /new journal|warning/);
    const seriesOfClient = async (name: string) => {
      const client = (await clientsOf(config, "ssh")).find((each) => each.name === name)!;
      return seriesOf("ssh", { mode: "totp", period: 30 }, client);
    };
    const spent = async (name: string) => {
      using journal = await Journal.open(`${dir}/state`);
      assert.equal(journal.pastUnknown, false);
      return journal.highest(await seriesOfClient(name));
    };
    assert.equal(await spent("alice"), undefined);
    Deno.removeSync(`${dir}/state`, { recursive: true });
    const second = await enroll("ssh", "bob");
    assert.match(
      second.stderr,
      /warning: ssh: new journal: one-time knocks count from .*, in \d+ s/,
    );
    assert.equal(await spent("bob"), undefined);
    assert.ok(await spent("alice") !== undefined);
  }),
);
