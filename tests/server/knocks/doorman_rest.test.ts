import { equal } from "node:assert/strict";
import { door } from "../../core/doors.ts";
import { World } from "./rotation/rotation_world.ts";

const FIRST = { port: 7000, protocol: "tcp" } as const;

Deno.test("what is remembered of hits is given back when the newest of them is 130 s old", async () => {
  await World.run([door("ssh", "7000,8000,9000")], async (world) => {
    world.send("192.0.2.1", [FIRST]);
    await world.system.advance(100_000);
    world.send("192.0.2.2", [FIRST]);
    await world.system.advance(129_000);
    equal(world.system.timers, 1);
    await world.system.advance(2000);
    equal(world.system.timers, 0);
  });
});

Deno.test("what is remembered of hits is given back though the config was read again", async () => {
  const doors = [door("ssh", "7000,8000,9000")];
  await World.run(doors, async (world) => {
    world.send("192.0.2.1", [FIRST]);
    world.reload(doors);
    await world.system.advance(129_000);
    equal(world.system.timers, 1);
    await world.system.advance(2000);
    equal(world.system.timers, 0);
  });
});

Deno.test("what is remembered of hits that are no step of a knock is given back, too", async () => {
  const LAST = { port: 9000, protocol: "tcp" } as const;
  for (const sequence of ["7000,8000,9000", "9000"]) {
    await World.run([door("ssh", sequence)], async (world) => {
      world.send("192.0.2.1", [LAST]);
      await world.system.advance(129_000);
      equal(world.system.timers, 1);
      await world.system.advance(2000);
      equal(world.system.timers, 0);
    });
  }
});
