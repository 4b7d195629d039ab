/** What docs/threat-model.md says of a journal that knows less than it should. */
import assert from "node:assert/strict";
import type { Door } from "../../../../lib/core/door.ts";
import { FakeSystem } from "../../fake_system.ts";
import { ALICE, alice, knocks, MALLORY, rotatingDoor, World } from "./rotation_world.ts";

/** Two directories for journals. */
async function withTwo(test: (one: string, other: string) => Promise<void>) {
  const parent = await Deno.makeTempDir({ prefix: "knockd-journals-" });
  try {
    await test(`${parent}/one`, `${parent}/other`);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

/**
 * A knock that is used after the journal was copied; gives how it may be used again on the
 * copy, so many seconds after it came.
 */
async function restored(
  door: Door,
  used: (world: World) => number,
  seconds: number,
): Promise<string[]> {
  let again: string[] = [];
  await withTwo(async (one, backup) => {
    const system = new FakeSystem();
    let counter = 0;
    await World.runIn(one, [door], () => {}, { system });
    await copy(one, backup);
    await World.runIn(one, [door], (world) => {
      counter = used(world);
      world.knockWith(alice, counter);
    }, { system });
    await system.advance(seconds * 1000);
    await World.runIn(backup, [door], (world) => {
      world.send(MALLORY, knocks(door, alice, counter, MALLORY));
      again = world.openings;
    }, { system });
  });
  return again;
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { mode: 0o700 });
  for await (const { name, isFile } of Deno.readDir(from)) {
    if (isFile) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

const STOLEN = [`alice ${MALLORY}`];

for (const window of [0, 1, 2]) {
  const clock = rotatingDoor("ssh", [alice], { window });
  const earliest = (world: World) => world.step() + window;
  const wait = (2 * window + 4) * 30;

  Deno.test(`a journal from a backup lets a used step in again, window ${window}`, async () => {
    assert.deepEqual(await restored(clock, earliest, 1), STOLEN);
    assert.deepEqual(await restored(clock, earliest, (2 * window + 1) * 30 - 1), STOLEN);
    assert.deepEqual(await restored(clock, earliest, (2 * window + 1) * 30), []);
  });

  Deno.test(`a journal from a backup lets a step in that came too early, for a while, window ${window}`, async () => {
    const tooEarly = (world: World) => world.step() + window + 3;
    assert.deepEqual(await restored(clock, tooEarly, wait - 1), STOLEN);
    assert.deepEqual(await restored(clock, tooEarly, wait), []);
  });
}

Deno.test("a journal from a backup lets the counters after it in again", async () => {
  const count = rotatingDoor("ssh", [alice], { mode: "hotp" });
  assert.deepEqual(await restored(count, () => 4, 100_000), STOLEN);
});

Deno.test("what opened one server with a secret opens the other, unless their labels differ", () =>
  withTwo(async (one, other) => {
    const system = new FakeSystem();
    const gate = rotatingDoor("ssh", [alice]);
    const labelled = rotatingDoor("ssh", [alice], {}, { label: "other-gate" });
    let captured: ReturnType<typeof knocks> = [];
    await World.runIn(one, [gate], (world) => {
      captured = knocks(gate, alice, world.step(), ALICE);
      world.send(ALICE, captured);
      assert.deepEqual(world.openings, [`alice ${ALICE}`]);
    }, { system });
    const opened = async (door: Door) => {
      let openings: string[] = [];
      await World.runIn(`${other}-${door.label}`, [door], (world) => {
        world.send(MALLORY, captured);
        openings = world.openings;
      }, { system });
      return openings;
    };
    assert.deepEqual(await opened(labelled), []);
    assert.deepEqual(await opened(gate), STOLEN);
  }));
