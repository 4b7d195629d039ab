import assert from "node:assert/strict";
import { runCommand } from "../../lib/client/run_command.ts";

Deno.test("a command's exit code is passed on", async () => {
  assert.equal(await runCommand(["sh", "-c", "exit 7"]), 7);
  assert.equal(await runCommand(["true"]), 0);
});

Deno.test("a command ended by a signal gives 128 and the signal", async () => {
  assert.equal(await runCommand(["sh", "-c", "kill -KILL $$"]), 137);
});

Deno.test("a signal to us reaches the command", async () => {
  const command = runCommand([
    "sh",
    "-c",
    "trap 'exit 3' TERM; kill $PPID; while :; do sleep 0.02; done",
  ]);
  assert.equal(await command, 3);
});

Deno.test("a program that does not exist is a failure with its name", async () => {
  await assert.rejects(runCommand(["no-such-program"]), {
    name: "Failure",
    message: `can't run "no-such-program": no such program`,
  });
});
