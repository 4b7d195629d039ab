import assert from "node:assert/strict";
import { enrollCommand } from "../../lib/cli/enroll.ts";
import { CONFIG, withGate } from "./enrolling.ts";
import { runSubcommand } from "./program.ts";

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
  [
    "a name the config can't have",
    ["ssh", "constructor"],
    2,
    /a client can't be called constructor/,
  ],
];

const HOSTS = [
  "a b",
  "h:22",
  "ssh://h",
  "[2001:db8::1]",
  "10.0.0",
  "10.0.0.256",
  "fe80::1",
]
  .concat("2001:db8::1%eth0", "::", "0.0.0.0");
for (const host of HOSTS) {
  REFUSED.push([
    `the host ${host}`,
    ["ssh", "a", "--host", host],
    2,
    /--host takes a name/,
  ]);
}

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
    assert.match(stderr, /the door ssh has a client alice already\n.*--rotate/);
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
    assert.match(
      stderr,
      /ssh\.alice: .*there is one already\n.*no client in .* has it: rm /,
    );
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
    assert.match(
      stderr,
      /in the TOML format only.*\n.*knockd import .*knockd\.conf > knock\.toml/,
    );
  }),
);

Deno.test(
  "a config that is not there is one line",
  withGate(async ({ dir }) => {
    const args = ["-c", `${dir}/none/knock.toml`, "--host", "h", "ssh", "alice"];
    const { code, stderr } = await runSubcommand(enrollCommand(), args);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^knockd: error: .*none\/knock\.toml: .*No such file or directory \(knockd init .*\)\n$/,
    );
  }),
);
