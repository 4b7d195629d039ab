/** A door that is closed where the fleet can't be told of it. */
import assert from "node:assert/strict";
import { closeCommand } from "../../../lib/cli/control.ts";
import { withServer } from "../../server/control/control_server.ts";
import { runSubcommand } from "../program.ts";

Deno.test("who closes a door hears where it is said why the others can't be told", () =>
  withServer(async (path) => {
    const words = ["ssh", "192.0.2.7", "--control", path];
    const { code, stdout, stderr } = await runSubcommand(closeCommand(), words);
    assert.deepEqual([code, stdout], [1, "closed 1 lease\n"]);
    assert.match(stderr, /can't be told yet, and may have them open still\n/);
    assert.match(
      stderr,
      /as soon as etcd takes it, and the daemon's log says why it does/,
    );
  }, { handle: () => Promise.resolve({ closed: 1, failing: 0, untold: 1 }) }));
