import assert from "node:assert/strict";
import { watchStatus } from "../../../../lib/cli/actions/status/status_watch.ts";
import { Failure } from "../../../../lib/core/failure.ts";
import type { Status } from "../../../../lib/server/status.ts";
import { outcomeOf } from "../../program.ts";

const STATUS: Status = {
  version: "1.0.0",
  pid: 1,
  config: "/etc/knockd/knock.toml",
  listenOn: [],
  uptime: 0,
  interfaces: [],
  doors: [],
  clients: [],
  leases: [],
  commands: [],
  clocks: [],
  opened: 0,
  refused: 0,
  spent: 0,
  openings: [],
  failures: [],
};

/** Watches a daemon that ends after so many answers. */
function watch(answers: number, pause: () => Promise<void>) {
  let asked = 0;
  const ask = () => {
    if (asked === answers) throw new Failure("no daemon answers");
    return Promise.resolve({ ...STATUS, opened: asked++ });
  };
  return outcomeOf(async () => {
    await assert.rejects(watchStatus(ask, pause), { message: "no daemon answers" });
    return 1;
  });
}

Deno.test("a watched status is asked for anew each time, until the daemon is gone", async () => {
  const { stdout } = await watch(3, () => Promise.resolve());
  assert.deepEqual(stdout.match(/\d+ opened/g), ["0 opened", "1 opened", "2 opened"]);
});

Deno.test("a watched status that goes into a pipe moves no cursor", async () => {
  const { stdout } = await watch(2, () => Promise.resolve());
  assert.ok(Deno.stdout.isTerminal() || !stdout.includes("\x1b"));
});

Deno.test("a watched status is not asked for before its pause is over", async () => {
  const pauses = [Promise.resolve(), Promise.reject(new Failure("no daemon answers"))];
  const { stdout } = await watch(9, () => pauses.shift()!);
  assert.deepEqual(stdout.match(/\d+ opened/g), ["0 opened", "1 opened"]);
});

Deno.test("status --watch ends with what reads it", async () => {
  const write = Deno.stdout.writeSync;
  Deno.stdout.writeSync = () => {
    throw new Deno.errors.BrokenPipe();
  };
  try {
    await watchStatus(() => Promise.resolve(STATUS), () => Promise.reject(new Error()));
  } finally {
    Deno.stdout.writeSync = write;
  }
});
