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

Deno.test("a signal to us reaches the command", async () => {
  const argv = [Deno.execPath(), "eval", "--quiet", "--ext=ts", SIGNALLED];
  const cwd = new URL("../..", import.meta.url).pathname;
  const { code } = await run(argv, { cwd, check: false });
  assert.equal(code, 3);
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
