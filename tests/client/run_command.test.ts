import assert from "node:assert/strict";
import { runCommand } from "../../lib/client/run_command.ts";
import { run } from "../lab/process.ts";

Deno.test("a command's exit code is passed on", async () => {
  assert.equal(await runCommand(["sh", "-c", "exit 7"]), 7);
  assert.equal(await runCommand(["true"]), 0);
});

Deno.test("a command ended by a signal gives 128 and the signal", async () => {
  assert.equal(await runCommand(["sh", "-c", "kill -KILL $$"]), 137);
});

/** Runs in a process of its own, which the command sends a signal. */
const SIGNALLED = `
  import { runCommand } from "./lib/client/run_command.ts";
  const command = "trap 'exit 3' TERM; kill $PPID; while :; do sleep 0.02; done";
  Deno.exit(await runCommand(["sh", "-c", command]));
`;

/** The same as root that may not signal others, and the command becomes another user's. */
const NOT_OURS = `
  import { runCommand } from "./lib/client/run_command.ts";
  const command = \`
    (until [ "$(stat -c %u /proc/$$)" = 65534 ]; do sleep 0.02; done; kill $PPID) &
    exec setpriv --reuid=65534 --clear-groups sh -c "sleep 1; exit 3"\`;
  Deno.exit(await runCommand(["sh", "-c", command]));
`;

const ARGV = [Deno.execPath(), "eval", "--quiet", "--ext=ts"];
const CWD = new URL("../..", import.meta.url).pathname;

Deno.test("a signal to us reaches the command", async () => {
  const { code } = await run([...ARGV, SIGNALLED], { cwd: CWD, check: false });
  assert.equal(code, 3);
});

Deno.test({
  name: "a signal to us that a command of another user's can't be sent is no fault",
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
  async fn() {
    const unable = ["setpriv", "--bounding-set=-kill", "--inh-caps=-kill"];
    const argv = [...unable, ...ARGV, NOT_OURS];
    const { code, stderr } = await run(argv, { cwd: CWD, check: false });
    assert.deepEqual({ code, stderr }, { code: 3, stderr: "" });
  },
});

Deno.test("a command gets nothing that was set for our own start", async () => {
  Deno.env.set("KNOCKD_SELF", "/usr/local/bin/knockd");
  try {
    const given = '[ -z "$KNOCKD_SELF" ] && [ -n "$PATH" ]';
    assert.equal(await runCommand(["sh", "-c", given]), 0);
  } finally {
    Deno.env.delete("KNOCKD_SELF");
  }
});

Deno.test("a program that does not exist is a failure with its name", async () => {
  await assert.rejects(runCommand(["no-such-program"]), {
    name: "Failure",
    message: `can't run "no-such-program": no such program`,
  });
});
