import assert from "node:assert/strict";
import { Failure } from "../../lib/core/failure.ts";
import { handleControl, type Reloaded } from "../../lib/server/control_handler.ts";
import type { ControlRequest } from "../../lib/server/control/message.ts";
import type { Daemon } from "../../lib/server/daemon.ts";
import type { Status } from "../../lib/server/status.ts";
import { Trial } from "../../lib/server/trial.ts";
import { load } from "../config/files.ts";
import { door, MemoryWorld } from "./memory_world.ts";

const ALICE = "10.0.0.7";

/** Nobody asks for the log here, and there is no history. */
const UNASKED = {
  history: { lastOpenings: () => new Map() },
} as unknown as Parameters<typeof handleControl>[2];

/** Asks a daemon. */
function handle(daemon: Daemon, trial: Trial | undefined, request: ControlRequest) {
  return handleControl(daemon, trial, UNASKED, request);
}

Deno.test("status comes with what is left of a trial", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  const trial = new Trial(60, world.system);
  const ask = (trial?: Trial) =>
    handle(world.daemon, trial, { command: "status" }) as Promise<Status>;
  assert.equal((await ask()).trial, undefined);
  assert.equal((await ask(trial)).trial, 60);
  await handle(world.daemon, trial, { command: "confirm" });
  assert.equal((await ask(trial)).trial, undefined);
});

Deno.test("close closes a door for everybody, for one, or all", async () => {
  const requests: ControlRequest[] = [
    { command: "close", door: "ssh" },
    { command: "close", door: "ssh", address: "::ffff:10.0.0.7" },
    { command: "close", all: true },
  ];
  for (const request of requests) {
    await using world = await MemoryWorld.start(door("ssh", 7000));
    await world.knock(ALICE, 7000, 7001, 7002);
    await world.commands();
    const answer = handle(world.daemon, undefined, request);
    assert.deepEqual(await world.commands(), [`close ssh ${ALICE}`]);
    assert.deepEqual(await answer, { closed: 1, failing: 0 });
  }
});

Deno.test("what can't be done is a failure that says why", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  const rows: [ControlRequest, RegExp][] = [
    [{ command: "confirm" }, /not on trial/],
    [{ command: "close", door: "web" }, /there is no door web/],
    [{ command: "watch", door: "web" }, /there is no door web/],
    [{ command: "close", door: "ssh", address: "10.0.0" }, /is not an IP address/],
  ];
  for (const [request, why] of rows) {
    await assert.rejects(
      handle(world.daemon, undefined, request),
      (error) => error instanceof Failure && why.test(error.message),
    );
  }
});

Deno.test("reload tells of interfaces that are not heard", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  const reload = () => handle(world.daemon, undefined, { command: "reload" });
  assert.deepEqual(await reload(), { deaf: [], takesRestart: [], takesEnrolment: [] });
  const other = `[options]\ninterface = "eht0"\n${door("ssh", 7000)}`;
  const { config, problems } = await load(other);
  world.text = config ?? new Error(JSON.stringify(problems));
  const { deaf } = await reload() as Reloaded;
  assert.deepEqual(deaf.map((row) => [row.interface, row.reason]), [
    ["eht0", "there is no such interface (there are eth0)"],
  ]);
  const lines = world.log.lines.filter((line) => /not listening/.test(line));
  assert.deepEqual(lines, [
    "not listening on eth0 any more: it is not in the config any more",
    "not listening on eht0: there is no such interface (there are eth0); waiting for it",
  ]);
});

Deno.test("reload answers when the config is in force, or why it is not", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  world.text = door("web", 8000);
  await handle(world.daemon, undefined, { command: "reload" });
  assert.ok(world.daemon.knowsDoor("web"));
  world.text = new Failure("knock.toml:1:2: no such key");
  const refused = handle(world.daemon, undefined, { command: "reload" });
  await assert.rejects(refused, /no such key/);
});
