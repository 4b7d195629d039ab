import assert from "node:assert/strict";
import { ALICE, alice, bob, MALLORY, rotatingDoor, World } from "./rotation_world.ts";

const ssh = rotatingDoor("ssh", [alice, bob], { mode: "hotp", lookAhead: 3 });
const USED = "alice: this sequence, or a later one, was used already";

Deno.test("counter door opens with the next counter and those of its look-ahead", () =>
  World.run([ssh], (world) => {
    world.knockWith(alice, 4);
    assert.deepEqual(world.openings, []);
    world.knockWith(alice, 3);
    world.knockWith(alice, 8, MALLORY);
    assert.equal(world.openings.length, 1);
    world.knockWith(alice, 4);
    world.knockWith(alice, 8);
    assert.deepEqual(world.openings, Array(3).fill(`alice ${ALICE}`));
    assert.deepEqual(world.refusals, []);
  }));

Deno.test("counter door explains the second use of the last counter", () =>
  World.run([ssh], async (world) => {
    world.knockWith(alice, 2);
    world.knockWith(alice, 2, MALLORY);
    assert.deepEqual(world.refusals, [USED]);
    world.stop();
    await world.start();
    world.knockWith(alice, 2, MALLORY);
    assert.deepEqual(world.refusals, [USED, USED]);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));

Deno.test("counter door explains to a client with an old counter why it stays out", () =>
  World.run([ssh], (world) => {
    for (const counter of [3, 7, 11]) world.knockWith(alice, counter);
    assert.equal(world.openings.length, 3);
    // As many as may be ahead; what is older is not known for a knock.
    for (const counter of [8, 9, 10]) world.knockWith(alice, counter);
    assert.deepEqual(world.refusals, [USED, USED]);
    world.knockWith(alice, 12);
    assert.equal(world.openings.length, 4);
  }));

Deno.test("counter door's clients have counters of their own", () =>
  World.run([ssh], (world) => {
    for (const counter of [0, 1, 2, 5]) world.knockWith(alice, counter);
    world.knockWith(bob, 0);
    world.knockWith(bob, 5);
    assert.deepEqual(world.openings.map((text) => text.split(" ")[0]), [
      ...Array(4).fill("alice"),
      "bob",
    ]);
  }));

Deno.test("counter door goes on from the journal after a restart and a reload", () =>
  World.run([ssh], async (world) => {
    world.knockWith(alice, 3);
    world.stop();
    await world.start();
    world.knockWith(alice, 7);
    world.reload([rotatingDoor("ssh", [alice, bob], { mode: "hotp", lookAhead: 5 })]);
    world.knockWith(alice, 13);
    assert.equal(world.openings.length, 3);
    world.knockWith(alice, 20);
    assert.equal(world.openings.length, 3);
  }));

Deno.test("counter door does not mind the clock", () =>
  World.run([ssh], (world) => {
    world.knockWith(alice, 0);
    world.system.setWallClock(0);
    world.knockWith(alice, 1);
    world.system.setWallClock(4e12);
    world.knockWith(alice, 2);
    assert.equal(world.openings.length, 3);
  }));

Deno.test("the log says which counter matched", () =>
  World.run([ssh], (world) => {
    world.knockWith(alice, 1);
    assert.deepEqual(world.lines("knocked with"), [
      `${ALICE}: ssh: alice knocked with counter 1`,
    ]);
  }));

Deno.test("counter door does not look into its journal when the daemon has ended", () =>
  World.run([ssh], async (world) => {
    world.stop();
    world.spentElsewhere(ssh, alice);
    await world.system.advance(1000);
    assert.deepEqual(world.lines("journal"), []);
  }));
