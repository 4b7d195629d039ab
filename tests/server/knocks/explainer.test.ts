import assert from "node:assert/strict";
import { door, sequence } from "../../core/doors.ts";
import { ALICE, alice, knocks, rotatingDoor, World } from "./rotation/rotation_world.ts";

const SSH = door("ssh", "7000,8000,9000");
const EVE = "192.0.2.1";

Deno.test("a wrong knock is explained when its time is over", () =>
  World.run([SSH], async (world) => {
    world.send(EVE, sequence("7000,9000,8000"));
    await world.system.advance(24_000);
    assert.deepEqual(world.lines("sequence timeout"), []);
    await world.system.advance(3000);
    assert.deepEqual(world.lines("sequence timeout"), [
      `${EVE}: ssh: sequence timeout (stage 3): 9000 came before 8000`,
    ]);
  }));

Deno.test("a wrong knock that comes again and again is explained while it does", () =>
  World.run([SSH], async (world) => {
    for (let tries = 0; tries < 6; tries++) {
      world.send(EVE, sequence("7000,9000,8000"));
      await world.system.advance(10_000);
    }
    const why = `${EVE}: ssh: sequence timeout (stage 3): 9000 came before 8000`;
    assert.deepEqual(world.lines("sequence timeout"), [why, why]);
  }));

Deno.test("a knock that is put right in time needs no explanation", () =>
  World.run([SSH], async (world) => {
    world.send(EVE, sequence("7000,9000,8000"));
    world.send(EVE, sequence("7000,8000,9000"));
    await world.system.advance(60_000);
    assert.deepEqual(world.lines("timeout"), []);
    assert.equal(world.lines("OPEN SESAME").length, 1);
  }));

Deno.test("a wrong knock right after one that opened is explained as any other", () =>
  World.run([SSH], async (world) => {
    world.send(EVE, sequence("7000,8000,9000"));
    await world.system.advance(1000);
    world.send(EVE, sequence("7000,8001,9000"));
    await world.system.advance(30_000);
    world.send(EVE, sequence("8000,9000"));
    await world.system.advance(30_000);
    assert.deepEqual(world.lines("timeout"), [
      `${EVE}: ssh: sequence timeout (stage 2): 8001 came and 8000 did not`,
      `${EVE}: ssh: sequence timeout (stage 2): 8000 came and 7000 did not`,
    ]);
    // What its client sends once more has no need of that.
    world.send(EVE, sequence("7000,8000,9000,9000,9000"));
    await world.system.advance(30_000);
    assert.equal(world.lines("timeout").length, 2);
  }));

Deno.test("a knock that opened a door is no failed one on a door that shares its ports", () => {
  const close = door("close", "9000,8000,7000");
  const web = door("web", "7000,8000,9001");
  return World.run([SSH, close, web], async (world) => {
    world.send(EVE, sequence("7000,7000,8000,8000,9000,9000"));
    await world.system.advance(60_000);
    world.send(EVE, sequence("9000,8000,7000"));
    await world.system.advance(60_000);
    assert.deepEqual(world.lines("timeout"), []);
    assert.equal(world.lines("OPEN SESAME").length, 2);
    // One that follows, and fails, is.
    world.send(EVE, sequence("7000,8000,9000"));
    world.send(EVE, sequence("9000,8000,7001"));
    await world.system.advance(60_000);
    assert.deepEqual(world.lines("timeout"), [
      `${EVE}: close: sequence timeout (stage 2): 7001 came and 7000 did not`,
    ]);
  });
});

Deno.test("what a client sends after its knock was complete needs no explanation", () =>
  World.run([door("pair", "7000,7000"), door("two", "8000,9000")], async (world) => {
    world.send(EVE, sequence("7000,7000,7000,8000,8000,9000,9000"));
    await world.system.advance(60_000);
    assert.deepEqual(world.lines("timeout"), []);
    world.send(EVE, sequence("9000"));
    await world.system.advance(60_000);
    assert.equal(world.lines("timeout").length, 1);
  }));

Deno.test("wrong knocks are explained in ten lines a minute", () =>
  World.run([SSH], async (world) => {
    for (let i = 1; i <= 30; i++) world.send(`192.0.2.${i}`, sequence("7000,9000"));
    await world.system.advance(30_000);
    assert.equal(world.lines("sequence timeout").length, 10);
    await world.system.advance(60_000);
    world.send(EVE, sequence("7000,9000"));
    await world.system.advance(30_000);
    assert.equal(world.lines("sequence timeout").length, 11);
    assert.equal(world.lines("refused: … 20 more suppressed").length, 1);
  }));

Deno.test("strangers can't use up what may be said of somebody who opened a door before", () =>
  World.run([SSH], async (world) => {
    world.send(ALICE, sequence("7000,8000,9000"));
    for (let second = 0; second < 70; second++) {
      for (let i = 0; i < 60; i++) {
        world.send(`198.51.${second}.${i}`, sequence("7000,9000"));
      }
      if (second === 40) world.send(ALICE, sequence("7000,9000,8000"));
      await world.system.advance(1000);
    }
    const said = world.lines("sequence timeout");
    assert.deepEqual(said.filter((line) => line.includes(ALICE)), [
      `${ALICE}: ssh: sequence timeout (stage 3): 9000 came before 8000`,
    ]);
    assert(said.length <= 21);
  }));

Deno.test("a one-time knock that its client sends three times is one event", () =>
  World.run([rotatingDoor("ssh", [alice])], async (world) => {
    const ports = knocks(rotatingDoor("ssh", [alice]), alice, world.step(), ALICE);
    world.send(ALICE, ports);
    const lines = world.log.lines.length;
    for (let i = 0; i < 2; i++) {
      await world.system.advance(1500);
      world.send(ALICE, ports);
    }
    await world.system.advance(20_000);
    assert.equal(world.openings.length, 1);
    assert.deepEqual(
      world.log.lines.slice(lines).filter((line) => line.includes("ssh:")),
      [],
    );
  }));

Deno.test("ten knocks a minute that a rule refuses are said, and the others counted", () =>
  World.run([SSH], async (world) => {
    for (let knock = 0; knock < 15; knock++) {
      world.send(EVE, sequence("7000,1,2,3,8000,9000"));
    }
    const lines = () => world.lines("the sequence is complete, but");
    assert.equal(lines().length, 10);
    await world.system.advance(61_000);
    assert.equal(lines().length, 10);
    world.send(EVE, sequence("7000,1,2,3,8000,9000"));
    assert.equal(lines().length, 11);
  }));
