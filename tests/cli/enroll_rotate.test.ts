import assert from "node:assert/strict";
import { loadConfig } from "../../lib/config/load.ts";
import { parseUri } from "../../lib/core/one_time/otpauth_uri.ts";
import { formatSecret } from "../../lib/core/one_time/secret_text.ts";
import { mode } from "../client/directory.ts";
import { CONFIG, withGate } from "./enrolling.ts";

function secretIn(uri: string): string {
  const enrolment = parseUri(uri.trimEnd());
  assert.ok(typeof enrolment !== "string", `${enrolment}`);
  return formatSecret(enrolment.secret);
}

Deno.test(
  "--rotate gives a client a new secret in the same file, and changes nothing else",
  withGate(async ({ dir, config, enroll, text, secrets }) => {
    const old = secretIn((await enroll("ssh", "alice")).stdout);
    await enroll("ssh", "bob");
    const file = `${dir}/secrets/ssh.alice`;
    Deno.chmodSync(file, 0o400);
    const before = [text(), Deno.readTextFileSync(`${dir}/secrets/ssh.bob`)];
    const { code, stdout, stderr } = await enroll("ssh", "alice", "--rotate");
    assert.equal(code, 0, stderr);
    const fresh = secretIn(stdout);
    assert.notEqual(fresh, old);
    assert.deepEqual([Deno.readTextFileSync(file), mode(file)], [`${fresh}\n`, 0o400]);
    assert.deepEqual(
      [text(), Deno.readTextFileSync(`${dir}/secrets/ssh.bob`)],
      before,
    );
    assert.deepEqual(secrets(), ["ssh.alice", "ssh.bob"]);
    assert.match(stderr, /the old one is good until then[^]*profile add --replace/);
    assert.ok(!stderr.includes(fresh));
    const { config: loaded } = await loadConfig(config);
    const key = loaded?.doors.find(({ name }) => name === "ssh")?.key;
    assert.ok(key?.kind === "otp");
    const alice = key.clients.find(({ name }) => name === "alice");
    assert.equal(formatSecret(alice!.secret), fresh);
  }),
);

Deno.test(
  "--rotate follows a link to the secret, and the link stays",
  withGate(async ({ dir, enroll }) => {
    await enroll("ssh", "alice");
    const file = `${dir}/secrets/ssh.alice`;
    Deno.renameSync(file, `${dir}/elsewhere`);
    Deno.symlinkSync(`${dir}/elsewhere`, file);
    const { stdout } = await enroll("ssh", "alice", "--rotate");
    assert.ok(Deno.lstatSync(file).isSymlink);
    assert.equal(Deno.readTextFileSync(`${dir}/elsewhere`), `${secretIn(stdout)}\n`);
  }),
);

Deno.test(
  "--rotate refuses whoever is no client, and names who is",
  withGate(async ({ enroll, text, secrets }) => {
    await enroll("ssh", "alice");
    const before = text();
    const { code, stdout, stderr } = await enroll("ssh", "alcie", "--rotate");
    assert.deepEqual([code, stdout, text()], [2, "", before]);
    assert.match(
      stderr,
      /there is no client "alcie" of door ssh\n.*did you mean alice\?/,
    );
    assert.deepEqual(secrets(), ["ssh.alice"]);
  }),
);

Deno.test(
  "--rotate locks nobody else out who has the same secret",
  withGate(async ({ dir, config, enroll }) => {
    await enroll("ssh", "alice");
    const file = `${dir}/secrets/ssh.alice`;
    const before = Deno.readTextFileSync(file);
    const twin = `[doors.web]\ncommand = "true"\n[doors.web.otp]\n` +
      `[doors.web.clients.al]\nsecret_file = "secrets/../secrets/ssh.alice"\n`;
    Deno.writeTextFileSync(config, twin, { append: true });
    const { code, stdout, stderr } = await enroll("ssh", "alice", "--rotate");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /al of door web has the same secret/);
    assert.equal(Deno.readTextFileSync(file), before);
  }),
);

Deno.test(
  "--rotate leaves a secret that stands in the config to its owner",
  withGate(
    async ({ config, enroll, text }) => {
      Deno.chmodSync(config, 0o600);
      const before = text();
      const { code, stderr } = await enroll("ssh", "old", "--rotate");
      assert.deepEqual([code, text()], [1, before]);
      assert.match(stderr, /stands in the config itself\n.*knockd revoke ssh old/);
    },
    `${CONFIG}[doors.ssh.clients.old]\nsecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"\n`,
  ),
);

for (const option of [["--print"], ["--secret-dir", "keys"]]) {
  Deno.test(
    `--rotate and ${option[0]} contradict one another`,
    withGate(async ({ dir, enroll }) => {
      await enroll("ssh", "alice");
      const file = `${dir}/secrets/ssh.alice`;
      const before = Deno.readTextFileSync(file);
      const { code, stderr } = await enroll("ssh", "alice", "--rotate", ...option);
      assert.equal(code, 2);
      assert.match(stderr, /--rotate changes no config/);
      assert.equal(Deno.readTextFileSync(file), before);
    }),
  );
}
