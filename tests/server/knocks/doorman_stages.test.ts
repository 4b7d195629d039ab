import assert from "node:assert/strict";
import { door } from "../../core/doors.ts";
import { client, rotatingDoor, World } from "./rotation/rotation_world.ts";

const FIRST = { port: 7000, protocol: "tcp" } as const;

Deno.test("a flood on a first port is a few lines a second, and one that counts the rest", async () => {
  await World.run([door("ssh", "7000,8000,9000")], async (world) => {
    for (let i = 0; i < 1000; i++) world.send(`192.0.${i >> 8}.${i & 255}`, [FIRST]);
    await world.system.advance(0);
    assert.equal(world.lines("Stage 1").length, 50);
    assert.deepEqual(world.lines("suppressed"), []);
    await world.system.advance(1000);
    assert.deepEqual(world.lines("suppressed"), ["stage: … 950 more suppressed"]);
    world.send("198.51.100.1", [FIRST]);
    await world.system.advance(1000);
    assert.equal(world.lines("Stage 1").length, 51);
    assert.equal(world.lines("suppressed").length, 1);
  });
});

Deno.test("a packet that many sequences of a door share is one line for the door", async () => {
  const clients = Array.from({ length: 20 }, (_, i) => client(`c${i}`, i + 1));
  const doors = ["a", "b"].map((name) =>
    rotatingDoor(name, clients, { lo: 10_000, hi: 10_019 })
  );
  await World.run(doors, async (world) => {
    world.send("192.0.2.1", [{ port: 10_007, protocol: "tcp" }]);
    await world.system.advance(0);
    const lines = world.lines("Stage").map((line) => line.split(": ")[1]);
    assert.deepEqual(lines.sort(), ["a", "b"]);
  });
});
