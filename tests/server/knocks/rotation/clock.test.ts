import assert from "node:assert/strict";
import { ClockSightings } from "../../../../lib/server/knocks/rotation/clock_sightings.ts";
import { ALICE, alice, client, MALLORY, rotatingDoor, World } from "./rotation_world.ts";

const ssh = rotatingDoor("ssh", [alice]);

/** Step boundaries fall on the fake system's start: a knock is sent amid a step. */
const MIDDLE = 15_000;

Deno.test("a knock just outside the window is explained by the client's clock", () =>
  World.run([ssh], async (world) => {
    await world.system.advance(MIDDLE);
    for (const offset of [-4, -3, -2, 2, 3, 4]) {
      world.knock(client("x", 1), offset, `10.1.0.${10 + offset}`);
    }
    assert.deepEqual(world.openings, []);
    const clock = (text: string) =>
      `alice: alice's clock is about ${text}; the door allows 30`;
    assert.deepEqual(world.refusals, [
      clock("120 s behind"),
      clock("90 s behind"),
      clock("60 s behind"),
      clock("60 s ahead"),
      clock("90 s ahead"),
      clock("120 s ahead"),
    ]);
  }));

Deno.test("a knock ahead of its time is no good to whoever saw it when its time has come", () =>
  World.run([ssh], async (world) => {
    const step = world.step();
    world.knockWith(alice, step + 2);
    await world.system.advance(60_000);
    world.knockWith(alice, step + 2, MALLORY);
    assert.deepEqual(world.openings, []);
    assert.match(world.refusals[1]!, /used already/);
    world.knock(alice, 1);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));

Deno.test("a spent step that is out of the window is called used", () =>
  World.run([ssh], async (world) => {
    const step = world.step();
    world.knock(alice);
    await world.system.advance(90_000);
    world.knockWith(alice, step, MALLORY);
    assert.match(world.refusals[0]!, /used already/);
  }));

Deno.test("on a door with many clients one step beyond the window is explained", () => {
  const others = Array.from({ length: 223 }, (_, i) => client(`c${i}`, i + 10));
  return World.run([rotatingDoor("ssh", [alice, ...others])], (world) => {
    for (const offset of [-3, 3, -2, 2]) world.knock(alice, offset);
    assert.equal(world.refusals.length, 2);
  });
});

Deno.test("the log says which step matched", () =>
  World.run([ssh], (world) => {
    for (const offset of [-1, 0, 1]) world.knock(alice, offset);
    assert.deepEqual(world.lines("knocked with"), [
      `${ALICE}: ssh: alice knocked with 1 step behind`,
      `${ALICE}: ssh: alice knocked with the current step`,
      `${ALICE}: ssh: alice knocked with 1 step ahead`,
    ]);
  }));

Deno.test("the log says after three openings how far a clock is off", () =>
  World.run([ssh], async (world) => {
    const slow = 17_000;
    for (const pause of [65_000, 70_000, 75_000]) {
      await world.system.advance(pause);
      const step = Math.floor((world.system.now() - slow) / 30_000);
      world.knockWith(alice, step);
    }
    const lines = world.lines("knocked with");
    assert.equal(lines.length, 3);
    assert.equal(lines.filter((line) => line.includes("clock")).length, 1);
    const [, seconds] = /its clock is about (\d+) s behind$/.exec(lines[2]!) ?? [];
    assert.ok(Math.abs(Number(seconds) - 17) <= 8, lines[2]);
  }));

Deno.test("clock sightings say nothing of a clock that may be right", () => {
  const clock = new ClockSightings();
  for (const second of [1, 7, 29, 14, 0, 22]) {
    clock.add(100, 30, (3000 + second) * 1000);
    assert.equal(clock.ahead, undefined);
  }
});

Deno.test("clock sightings find a clock's error within half a step", () => {
  for (const error of [-70, -31, -16, 16, 31, 70]) {
    const clock = new ClockSightings();
    for (let time = 5000; time < 5500; time += 97) {
      clock.add(Math.floor((time + error) / 30), 30, time * 1000);
    }
    assert.ok(Math.abs(clock.ahead! - error) < 15, `${error}: ${clock.ahead}`);
  }
});

Deno.test("clock sightings forget what was before the clock was set right", () => {
  const clock = new ClockSightings();
  for (let step = 100; step < 105; step++) clock.add(step - 2, 30, step * 30_000);
  assert.ok(clock.ahead! < -20);
  for (let step = 200; step < 205; step++) {
    clock.add(step, 30, step * 30_000 + 500);
    assert.ok(!(clock.ahead! > 0));
  }
  assert.equal(clock.ahead, undefined);
});
