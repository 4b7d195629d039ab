import assert from "node:assert/strict";
import { main } from "../../lib/cli/main.ts";
import { outcomeOf } from "./program.ts";

/** Command lines that are wrong, and how each ends. */
const ROWS: [args: string[], code: number, says: RegExp][] = [
  [["-x"], 1, /^knockd: error: unknown option '-x'/],
  [["-c", "/nonexistent/a.conf"], 1, /^knockd: error: \/nonexistent\/a\.conf: /],
  [["--conf", "/nonexistent/a.conf"], 1, /^knockd: error: \/nonexistent\/a\.conf: /],
  [
    ["--only-ip", "--verb", "--conf=/nonexistent/a.conf"],
    1,
    /^knockd: error: \/nonexistent\/a\.conf: /,
  ],
  [["--co", "/nonexistent/a.conf"], 1, /^knockd: error: unknown option '--co'/],
  [["serve", "--conf", "/nonexistent/a.conf"], 2, /unknown option '--conf'/],
  [["-d", "-c"], 1, /argument missing/],
  [["-s", "-c", "/nonexistent/a.conf"], 1, /^knockd: error: \/nonexistent\/a\.conf: /],
  [
    ["-c", "a.conf", "status"],
    1,
    /\nknockd: hint: a command stands first: knockd status/,
  ],
  [["serve", "-x"], 2, /^knockd: error: unknown option '-x'/],
  [["serve", "/nonexistent/a.toml"], 2, /^knockd: error: \/nonexistent\/a\.toml: /],
  [["serve", "/a.toml", "-c", "/b.toml"], 2, /the config is named twice/],
  [["serve", "/"], 2, /^knockd: error: \/: this is a directory, not a file/],
  [["statu"], 2, /unknown command 'statu'/],
];

for (const [args, code, says] of ROWS) {
  Deno.test(`knockd ${args.join(" ")} ends with ${code}`, async () => {
    const outcome = await outcomeOf(() => main(args));
    assert.equal(outcome.code, code, outcome.stderr);
    assert.match(outcome.stderr, says);
  });
}

Deno.test("after other options, too, -V prints the version", async () => {
  const { code, stdout } = await outcomeOf(() => main(["-v", "--vers"]));
  assert.match(stdout, /^knockd \d+\.\d+\.\d+\n$/);
  assert.equal(code, 0);
});

Deno.test("a pipe as a config is said to be one, and nobody waits for it", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/knock.toml`;
    await new Deno.Command("mkfifo", { args: [path] }).output();
    const { code, stderr } = await outcomeOf(() => main(["serve", path]));
    assert.equal(code, 2);
    assert.match(stderr, /knock\.toml: this is a .*not a file/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("what nobody foresaw is one line, and no stack trace", async () => {
  const fault = new TypeError("it broke");
  const { reportFailure } = await import("../../lib/cli/exit_code.ts");
  const { code, stderr } = await outcomeOf(() => Promise.resolve(reportFailure(fault)));
  assert.equal(code, 1);
  assert.match(stderr, /^knockd: error: TypeError: it broke\nknockd: hint: .*\n$/);
});
