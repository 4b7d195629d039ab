/** What listens at the control socket, and is no knockd, or one of another version. */
import assert from "node:assert/strict";
import { closeCommand, statusCommand } from "../../../lib/cli/control.ts";
import { logCommand } from "../../../lib/cli/log.ts";
import { watchCommand } from "../../../lib/cli/watch.ts";
import { withServer } from "../../server/control/control_server.ts";
import { runSubcommand } from "../program.ts";

const ASKED = [
  [statusCommand, []],
  [statusCommand, ["--json"]],
  [statusCommand, ["--metrics"]],
  [closeCommand, ["--all"]],
  [logCommand, []],
] as const;

for (const answer of [5, null, {}, [{}], { interfaces: [{}], doors: 5, closed: "1" }]) {
  Deno.test(`the answer ${JSON.stringify(answer)} is refused in words`, () =>
    withServer(async (path) => {
      for (const [command, words] of ASKED) {
        const asked = await runSubcommand(command(), [...words, "--control", path]);
        assert.equal(asked.code, 1);
        assert.match(asked.stderr, /: what came is no answer of a knockd's to \w+\n/);
      }
    }, { handle: () => Promise.resolve(answer) }));
}

Deno.test("what is watched, and is nothing of a knockd's, is refused in words", () => {
  const handle = () => Promise.resolve(ReadableStream.from([{ line: "x" }]));
  return withServer(async (path) => {
    const { code, stderr } = await runSubcommand(watchCommand(), ["--control", path]);
    assert.equal(code, 1);
    assert.match(stderr, /: what came is no answer of a knockd's to watch\n/);
  }, { handle });
});
