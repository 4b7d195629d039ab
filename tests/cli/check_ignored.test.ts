import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { checkCommand } from "../../lib/cli/check.ts";
import { inDirectory } from "../config/files.ts";
import { runSubcommand } from "./program.ts";

/** A door of which a warning and two pieces of advice are to be said on any machine. */
const DOOR = `[doors.ssh]
sequence = "443:udp"
command = "ufw allow 22"
`;
const ALL =
  '["one-port", "busy-port", "opens-for-all", "never-closes", "no-such-program"]';

function check(text: string, ...options: string[]) {
  return inDirectory(async (directory) => {
    const path = `${directory}/knock.toml`;
    await Deno.writeTextFile(path, text, { mode: 0o600 });
    return await runSubcommand(checkCommand(), [...options, path]);
  });
}

Deno.test("check prints the name that ignore_advice takes, of warnings and of advice", async () => {
  const { stderr } = await check(DOOR);
  match(stderr, /^knockd: warning: .*a single port opens.* \[one-port\]$/m);
  match(stderr, /^knockd: advice: ssh: others connect to 443:udp.* \[busy-port\]$/m);
  match(stderr, /^knockd: advice: unsafe: ssh: .* \[opens-for-all\]$/m);
});

Deno.test("what a door ignores is counted, and does not fail --strict", async () => {
  const text = `${DOOR}ignore_advice = ${ALL}\n`;
  const { code, stdout, stderr } = await check(text, "--strict");
  deepEqual([code, stderr], [0, ""]);
  match(
    stdout,
    /^ {2}ignored +[45] findings: one-port, opens-for-all, never-closes, busy-port/m,
  );
  equal((await check(text.replace('"busy-port", ', ""), "--strict")).code, 1);
  equal((await check(text.replace('"one-port", ', ""), "--strict")).code, 1);
});

Deno.test("a name that there is nothing to ignore by is said, quietly", async () => {
  const names = ALL.replace("]", ', "weak", "served-port"]');
  const text = `${DOOR}ignore_advice = ${names}\n`;
  const { code, stdout, stderr } = await check(text, "--strict");
  deepEqual([code, stderr], [0, ""]);
  // What depends on the machine may be so on another one.
  match(stdout, /^ {2}needless +ignore_advice of weak: it is not so here$/m);
});

Deno.test("check --all prints what is ignored, and does not fail on it", async () => {
  const { code, stderr } = await check(
    `${DOOR}ignore_advice = ${ALL}\n`,
    "--all",
    "--strict",
  );
  equal(code, 0);
  match(stderr, /^knockd: warning: .*\[one-port\] \(ignored\)$/m);
  match(stderr, /^knockd: advice: unsafe: ssh: .*\[never-closes\] \(ignored\)$/m);
  doesNotMatch(stderr, /\]$/m);
});

Deno.test("check --json has what is ignored apart from what is said", async () => {
  const text = `${DOOR}ignore_advice = ["one-port", "busy-port"]\n`;
  const { stdout } = await check(text, "--json");
  const { problems, advice, ignored } = JSON.parse(stdout);
  const names = (all: { name: string }[]) => all.map(({ name }) => name);
  deepEqual(names(problems), []);
  deepEqual(
    names(advice).filter((name) => name !== "no-such-program"),
    ["opens-for-all", "never-closes"],
  );
  deepEqual(names(ignored.problems), ["one-port"]);
  deepEqual(names(ignored.advice), ["busy-port"]);
  equal(ignored.problems[0].door, "ssh");
  const said = JSON.parse((await check(DOOR, "--json")).stdout);
  deepEqual(said.ignored, { problems: [], advice: [] });
});

Deno.test("a wrong config is wrong whatever it ignores, in JSON too", async () => {
  const text = `${DOOR.replace("22", "%ip%")}seq_timeout = 0
ignore_advice = ["no-placeholder"]
`;
  const plain = await check(text);
  deepEqual([plain.code, plain.stdout], [2, ""]);
  const { code, stdout } = await check(text, "--json");
  equal(code, 2);
  equal(JSON.parse(stdout).ignored.problems[0].name, "no-placeholder");
});

Deno.test("a door of any name ignores its own", async () => {
  for (const name of ["my door", "a.b", "é", "a]b", "ignore_advice"]) {
    const text = `${DOOR}ignore_advice = ${ALL}\n`
      .replace("doors.ssh", `doors.${JSON.stringify(name)}`);
    const { code, stderr } = await check(text, "--strict");
    deepEqual([name, code, stderr], [name, 0, ""]);
  }
});

Deno.test("check --json writes no control character of a config to the terminal", async () => {
  const { stdout } = await check(`[doors."a\\u202eb"]\nsequence = "7000"\n`, "--json");
  doesNotMatch(stdout, /\u202e/);
  match(JSON.parse(stdout).problems[0].message, /\u202e|can't be printed/);
});

Deno.test("check --ignore is silent of what it names this once, of doors and of the file", async () => {
  const names = JSON.parse(ALL).join(",");
  const { code, stdout, stderr } = await check(DOOR, "--strict", "--ignore", names);
  deepEqual([code, stderr], [0, ""]);
  match(stdout, /^ {2}ignored +[45] findings: one-port, /m);
  const two = ["--ignore", "one-port, busy-port", "--ignore", "opens-for-all"];
  const left = await check(DOOR, "--strict", ...two);
  equal(left.code, 1);
  match(left.stderr, /\[never-closes\]/);
  doesNotMatch(left.stderr, /one-port|busy-port|opens-for-all/);
  const clean = '[doors.ssh]\nsequence = "7000,8000,9000"\ncommand = "true"\n';
  const elsewhere = `[options]\ninterface = "no-such-one"\n${clean}`;
  equal((await check(elsewhere, "--strict")).code, 1);
  const absent = ["--ignore", "absent-interface,served-port"];
  deepEqual((await check(elsewhere, "--strict", ...absent)).stderr, "");
  equal((await check("", "--strict", "--ignore", "no-door")).code, 0);
});

Deno.test("check --ignore of a name that there isn't says which was meant", async () => {
  const { code, stderr } = await check(DOOR, "--ignore", "one-prot");
  equal(code, 2);
  match(stderr, /--ignore: no finding of check's is called "one-prot"/);
  match(stderr, /did you mean one-port\?/);
  equal((await check(DOOR, "--ignore", "")).code, 2);
});

Deno.test("check --ignore hides no error", async () => {
  const { code, stderr } = await check(`${DOOR}tolerance = -2\n`, "--ignore", "weak");
  equal(code, 2);
  match(stderr, /tolerance/);
});
