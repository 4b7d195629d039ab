import assert from "node:assert/strict";
import { formatUri } from "../../lib/core/one_time/otpauth_uri.ts";
import { derivationKey, deriveSequence } from "../../lib/core/one_time/derive.ts";
import { parseAddress } from "../../lib/core/address.ts";
import { formatKnock } from "../../lib/core/sequence.ts";
import { formatSecret } from "../../lib/core/one_time/secret_text.ts";
import { addProfile, loadProfiles } from "../../lib/client/profiles.ts";
import { mode, withDirectory } from "../client/directory.ts";
import { anEnrolment } from "../core/one_time/enrolments.ts";
import { main } from "../../lib/cli/main.ts";
import { run } from "../lab/process.ts";
import { KNOCKD } from "../lab/program.ts";
import { type Outcome, outcomeOf } from "./program.ts";

const { otp } = anEnrolment();
const ssh = anEnrolment({ otp: { ...otp, mode: "hotp", protocol: "mixed" }, counter: 5 });
const web = anEnrolment({ ...ssh, door: "web", label: "web" });
const bound = anEnrolment({ ...ssh, otp: { ...ssh.otp, bindSource: true } });

type Run = (args: readonly string[], stdin?: string) => Promise<Outcome>;

/**
 * Runs a test with a program whose profiles are in a directory of their own; what reads
 * standard input is a process of its own.
 */
function withProgram(test: (knockd: Run, dir: string) => Promise<void>) {
  return withDirectory(async (dir) => {
    const env = { XDG_CONFIG_HOME: dir };
    const before = Deno.env.get("XDG_CONFIG_HOME");
    Deno.env.set("XDG_CONFIG_HOME", dir);
    const knockd: Run = (args, stdin) =>
      stdin === undefined
        ? outcomeOf(() => main(args))
        : run([...KNOCKD, ...args], { env, stdin, check: false });
    try {
      await test(knockd, `${dir}/knockd`);
    } finally {
      if (before === undefined) Deno.env.delete("XDG_CONFIG_HOME");
      else Deno.env.set("XDG_CONFIG_HOME", before);
    }
  });
}

function portsOf(counter: number, source?: string): string {
  const plain = derivationKey(ssh.secret, ssh.label);
  const address = source === undefined ? undefined : parseAddress(source);
  const key = address ? derivationKey(ssh.secret, ssh.label, address) : plain;
  const sequence = deriveSequence(ssh.otp, counter, plain, key);
  return `${sequence.map(formatKnock).join(" ")}\n`;
}

Deno.test(
  "a profile is added from standard input, listed without its secret and removed",
  withProgram(async (knockd, dir) => {
    const added = await knockd(["profile", "add"], `${formatUri(ssh)}\n`);
    const line = "example.org/ssh: alice at door ssh of example.org, " +
      "5 mixed ports, by counter\n";
    assert.deepEqual(added, { code: 0, stdout: `added ${line}`, stderr: "" });
    assert.equal(mode(`${dir}/profiles.toml`), 0o600);
    const listed = await knockd(["profile", "list"]);
    assert.equal(listed.stdout, line);
    assert.ok(!listed.stdout.includes(formatSecret(ssh.secret)));
    const file = `${dir}/profiles.toml`;
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace("example.org/ssh", "\\u001b[2J"));
    assert.equal((await knockd(["profile", "list"])).stdout.split(":")[0], "\\x1b[2J");
    await Deno.writeTextFile(file, text);
    assert.equal((await knockd(["profile", "remove", "example.org/ssh"])).code, 0);
    assert.equal((await knockd(["profile", "list"])).stdout, "");
  }),
);

Deno.test(
  "a profile is added from an argument, and from - under a name",
  withProgram(async (knockd) => {
    assert.equal((await knockd(["profile", "add", formatUri(ssh)])).code, 0);
    const named = ["profile", "add", "-", "--name", "work"];
    assert.equal((await knockd(named, formatUri(web))).code, 0);
    const { stdout } = await knockd(["profile", "list"]);
    assert.match(stdout, /^example\.org\/ssh: .*\nwork: .*\n$/);
  }),
);

for (
  const [what, pasted] of [
    ["quotes", `"${formatUri(ssh)}"\n`],
    ["a mail", `\r\n  <${formatUri(ssh)}>\r\nKind regards\n`],
    ["a document", `\ufeff“${formatUri(ssh)}”`],
  ] as const
) {
  Deno.test(
    `a profile is added from a URI in ${what}`,
    withProgram(async (knockd, dir) => {
      const added = await knockd(["profile", "add"], pasted);
      assert.equal(added.code, 0, added.stderr);
      const [profile] = loadProfiles(dir);
      assert.equal(formatUri(profile!.enrolment), formatUri(ssh));
    }),
  );
}

Deno.test(
  "a profile is not replaced unless asked",
  withProgram(async (knockd, dir) => {
    addProfile(dir, ssh);
    const again = await knockd(["profile", "add"], formatUri(ssh));
    assert.equal(again.code, 1);
    assert.match(again.stderr, /there is a profile "example\.org\/ssh" already/);
    assert.equal((await knockd(["profile", "add", "--replace"], formatUri(ssh))).code, 0);
  }),
);

Deno.test(
  "profile add speaks of the shell to whoever gave it a line in quotes, or in none",
  withProgram(async (knockd) => {
    const typed = await knockd(["profile", "add", "otpauth://totp/a?b=c"]);
    assert.match(typed.stderr, /in quotes: the shell cuts it at the first &$/m);
    const pasted = await knockd(["profile", "add"], "otpauth://totp/a?b=c\n");
    assert.match(pasted.stderr, /hint: paste the whole line .* shows$/m);
  }),
);

for (
  const [what, stdin, code, message] of [
    ["nothing", "", 1, "there is no URI on standard input"],
    ["what is no URI", "hello\n", 2, "this is not an otpauth://totp/ or"],
    ["another program's URI", "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ", 2, "this URI"],
    ["a flood", "x".repeat(100_000), 2, "the URI is longer than 8192 characters"],
  ] as const
) {
  Deno.test(
    `adding a profile from ${what} fails and shows no secret`,
    withProgram(async (knockd) => {
      const result = await knockd(["profile", "add"], stdin);
      assert.equal(result.code, code);
      assert.ok(result.stderr.startsWith(`knockd: error: ${message}`), result.stderr);
      assert.ok(!result.stderr.includes("GEZDGNBVGY3TQOJQ"));
    }),
  );
}

Deno.test(
  "otp prints each counter's ports once, for any client to send",
  withProgram(async (knockd, dir) => {
    addProfile(dir, ssh);
    const first = await knockd(["otp", "example.org"]);
    assert.deepEqual(first, { code: 0, stdout: portsOf(5), stderr: "" });
    const second = await knockd(["otp", "example.org/ssh"]);
    assert.equal(second.stdout, portsOf(6));
  }),
);

Deno.test(
  "otp binds the sequence to the source that it is told",
  withProgram(async (knockd, dir) => {
    addProfile(dir, bound);
    const { stdout } = await knockd(["otp", "example.org", "--source-ip", "192.0.2.7"]);
    assert.equal(stdout, portsOf(5, "192.0.2.7"));
    const wrong = await knockd(["otp", "example.org", "--source-ip", "nat"]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /--source-ip "nat" is not an IP address/);
  }),
);

Deno.test(
  "a host with several doors asks which, and --door says it",
  withProgram(async (knockd, dir) => {
    addProfile(dir, web);
    addProfile(dir, ssh);
    const unclear = await knockd(["knock", "example.org", "--otp"]);
    assert.equal(unclear.code, 1);
    assert.match(unclear.stderr, /2 profiles are for example\.org: .*web, .*ssh/);
    const clear = await knockd(["otp", "example.org", "--door", "ssh"]);
    assert.equal(clear.stdout, portsOf(5));
  }),
);

Deno.test(
  "a host without a profile is an error that says how to add one",
  withProgram(async (knockd) => {
    const { code, stderr } = await knockd(["knock", "example.org", "--otp"]);
    assert.equal(code, 1);
    assert.match(stderr, /there is no profile for "example\.org"\n.*knockd profile add/);
  }),
);

Deno.test(
  "a profile whose clock was far ahead knocks by the clock again after resync",
  withProgram(async (knockd, dir) => {
    addProfile(dir, anEnrolment());
    const ahead = Math.floor(Date.now() / 30_000) + 1_000_000;
    Deno.writeTextFileSync(`${dir}/counters.toml`, `"example.org/ssh" = ${ahead}`, {
      mode: 0o600,
    });
    const locked = await knockd(["otp", "example.org"]);
    assert.match(locked.stderr, /s ahead of the clock\n.*knockd profile resync/);
    const { code, stdout } = await knockd(["profile", "resync", "example.org"]);
    assert.deepEqual([code, stdout], [0, "example.org/ssh knocks by the clock again\n"]);
    const again = await knockd(["profile", "resync", "example.org"]);
    assert.equal(again.stdout, "example.org/ssh knocks by the clock\n");
    addProfile(dir, ssh, { name: "count" });
    const counting = await knockd(["profile", "resync", "count"]);
    assert.equal(counting.code, 1);
    assert.match(counting.stderr, /goes by a counter, not by the clock\n.*new enrolment/);
  }),
);
