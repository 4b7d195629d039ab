import assert from "node:assert/strict";
import { meantBy } from "../../lib/cli/mistakes.ts";
import { main } from "../../lib/cli/main.ts";
import { outcomeOf } from "./program.ts";

const SOME_TIMES = "--since 45m, 12h, 2d, 2026-11-26 or 2026-11-26T08:00";

/** Runs a command line. */
function knockd(...args: string[]) {
  return outcomeOf(() => main(args));
}

Deno.test("other programs' words for a command are told ours", () => {
  assert.match(meantBy("start")!, /knockd serve/);
  assert.match(meantBy("Test")!, /knockd check/);
  assert.match(meantBy("disable")!, /knockd-guard, then knockd firewall down/);
  assert.match(meantBy("doors")!, /knockd status lists doors/);
  assert.match(meantBy("rotate")!, /knockd enroll .*--rotate/);
  assert.match(meantBy("/etc/knockd.conf")!, /knockd serve FILE/);
  assert.match(meantBy("my.toml")!, /knockd check FILE/);
  assert.equal(meantBy("bananas"), undefined);
  assert.equal(meantBy("constructor"), undefined);
});

Deno.test("a value that is empty is refused, of whichever option or argument", async () => {
  const lines = [
    ...["-p", "-g", "-i", "-c", "--state-dir", "--control"].map((name) => [name, ""]),
    ["serve", "--state-dir="],
    ["serve", ""],
    ["check", "-c", ""],
    ["status", "-i", ""],
    ["replay", "a.pcap", "--address", "10.0.0.1", ""],
    ["page", "--dir", ""],
  ];
  for (const args of lines) {
    const { code, stderr } = await knockd(...args);
    const said = JSON.stringify(args);
    assert.match(stderr, /^knockd: error: (option|argument) '[^']+' is empty$/m, said);
    assert.match(stderr, /^knockd: hint: leave it out, or say what it is$/m, said);
    assert.equal(code, args[0]!.startsWith("-") ? 1 : 2, said);
  }
});

Deno.test("an argument that is needed and empty is not to be left out", async () => {
  for (const args of [["replay", ""], ["enroll", "", "alice"]]) {
    const { code, stderr } = await knockd(...args);
    assert.match(stderr, /^knockd: error: argument '[^']+' is empty$/m);
    assert.match(stderr, /^knockd: hint: say what it is$/m);
    assert.equal(code, 2);
  }
});

Deno.test("an option whose hyphen a web page has made a dash is refused as one", async () => {
  const rows: [string[], meant: string, code: number][] = [
    // Debian's unit takes 2 for success.
    [["–i", "eth0"], "-i", 1],
    [["-v", "—daemon"], "--daemon", 1],
    [["knock", "–d200", "192.0.2.1", "7000"], "-d200", 2],
    [["check", "–-config", "x"], "--config", 2],
  ];
  for (const [args, meant, expected] of rows) {
    const { code, stderr } = await knockd(...args);
    assert.match(
      stderr,
      /^knockd: error: "[–—].+" begins with a dash that is no hyphen$/m,
    );
    assert.ok(stderr.endsWith(`knockd: hint: type it anew: ${meant}\n`), stderr);
    assert.equal(code, expected);
  }
});

Deno.test("each mistake of a command line is one line and a hint", async () => {
  const rows: [string[], RegExp, string][] = [
    [["stauts"], /unknown command 'stauts'/, "did you mean status?"],
    [["start"], /unknown command 'start'/, "knockd serve, or systemctl start knockd"],
    [["bananas"], /unknown command/, "knockd --help"],
    [["restore"], /unknown command/, "knockd --help"],
    [["doc"], /unknown command/, "did you mean doctor?"],
    [["logg"], /unknown command/, "did you mean log?"],
    [
      ["init", "ssh", "--open", "--host", "h"],
      /option '--open <ports>' argument missing/,
      "knockd init --help",
    ],
    [
      ["log", "--since", "--json"],
      /option '--since <age>' argument missing/,
      "knockd log --help",
    ],
    [["CHECK"], /unknown command 'CHECK'/, "did you mean check?"],
    [["foo", "--help"], /unknown command 'foo'/, "knockd --help"],
    [["help", "foo"], /unknown command 'foo'/, "knockd --help"],
    [["check", "-json"], /unknown option '-json'/, "did you mean --json?"],
    [["check", "--Strict"], /unknown option '--Strict'/, "did you mean --strict?"],
    [["check", "--strict=yes"], /unknown option/, "--strict takes no value"],
    [["completions", "bash", "zsh"], /takes one shell/, "one file for each shell"],
    [["init", "--port", "22"], /unknown option '--port'/, "did you mean --open?"],
    [["enroll", "a", "b", "--jost", "h"], /option '--jost'/, "did you mean --host?"],
    [["enroll", "a", "b", "--port", "1"], /option '--port'/, "knockd enroll --help"],
    [["status", "--jsno"], /unknown option '--jsno'/, "did you mean --json?"],
    [
      ["log", "--since", "1d", "--until", "2d"],
      /--until is not after --since/,
      "--since 2d --until 1d",
    ],
    [["log", "--since", "2026-02-30"], /"2026-02-30" is no time/, SOME_TIMES],
    [["replay"], /missing required argument 'file'/, "knockd replay --help"],
    [["profile", "ad"], /unknown command 'ad'/, "did you mean add?"],
    [["close", "a", "b", "c"], /too many arguments/, "knockd close --help"],
    [
      ["close", "ssh", "10.0.0.300"],
      /: close ssh "10\.0\.0\.300" is not an IP address$/,
      "close ssh 192.0.2.7 or 2001:db8::7",
    ],
    [
      ["close", "10.0.0.3", "ssh"],
      /10\.0\.0\.3 is an address; the door comes first/,
      "knockd close ssh 10.0.0.3",
    ],
    [
      ["serve", "--trial", "abc"],
      /--trial "abc" is not a number/,
      "in seconds: --trial 300",
    ],
    [
      ["serve", "--trial", "0"],
      /--trial "0" is not a number from 1 to 86400/,
      "in seconds: --trial 1",
    ],
    [
      ["serve", "--trial", "5m"],
      /--trial "5m" is not a number/,
      "in seconds: --trial 300",
    ],
    [
      ["knock", "h", "7", "-d", "0.5s"],
      /--delay "0.5s" is not/,
      "in milliseconds: --delay 500",
    ],
    [
      ["knock", "h", "7", "-d", "x"],
      /--delay "x" is not a number/,
      "in milliseconds: --delay 500",
    ],
    [["knock", "h", "7", "--retries", "1.5"], /--retries "1.5" is not/, "--retries 3"],
    [
      ["status", "--metrics", "json"],
      /"json" is no format of metrics/,
      "knockd status --metrics prometheus",
    ],
  ];
  for (const [args, error, hint] of rows) {
    const { code, stderr } = await knockd(...args);
    const [first = "", second, ...more] = stderr.trimEnd().split("\n");
    assert.match(first, error);
    assert.equal(second, `knockd: hint: ${hint}`);
    assert.deepEqual(more, []);
    assert.equal(code, 2);
  }
});

Deno.test("a URI where something else is meant is quoted without its secret", async () => {
  const uri = "otpauth://totp/a?SECRET=JBSWY3DPEHPK3PXP&digits=6";
  const rows = [
    [uri],
    ["knock", uri, "7000"],
    ["knock", "--otp", uri],
    ["knock", "--otp", uri.replace("SECRET", "a=b%26secret")],
    ["knock", "--otp", encodeURIComponent(uri)],
    ["knock", "--otp", encodeURIComponent(encodeURIComponent(uri))],
    ["check", uri],
    ["status", uri],
    ["knock", "localhost", "7000", "--delay", uri],
    ["knock", "localhost", "7000", `--secret=${uri}`],
  ];
  for (const args of rows) {
    const { stdout, stderr } = await knockd(...args);
    assert.match(stderr, /error/, args.join(" "));
    assert.doesNotMatch(stdout + stderr, /JBSW/, args.join(" "));
  }
});

Deno.test("an argument too many, which may be a secret, is not repeated", async () => {
  const uri = "otpauth://totp/a:b?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
  const { stderr } = await knockd("profile", "add", "gate", uri);
  assert.match(stderr, /Expected 1 argument but got 2$/m);
  assert.doesNotMatch(stderr, /JBSW/);
});

Deno.test("help of a command is had both ways", async () => {
  const [one, other] = [await knockd("help", "status"), await knockd("status", "--help")];
  assert.equal(one.code, 0);
  assert.equal(one.stdout, other.stdout);
});

Deno.test("whoever asks a daemon by a mistyped config is told that it isn't there", async () => {
  for (const command of ["status", "reload", "log"]) {
    const { code, stderr } = await knockd(command, "--config", "/no/such/knock.toml");
    assert.match(
      stderr,
      /^knockd: error: \/no\/such\/knock\.toml: there is no such config/,
    );
    assert.equal(code, 1, command);
  }
});
