import assert from "node:assert/strict";
import type { Door, Knock } from "../../../../lib/core/door.ts";
import { alice, MALLORY, rotatingDoor, World } from "./rotation_world.ts";

const RANGE = Array.from({ length: 50_000 }, (_, i): Knock => ({
  port: 10_000 + i,
  protocol: "tcp",
}));

/** Scans the whole range up and down; gives what opened. */
async function scan(...doors: Door[]): Promise<string[]> {
  let opened: string[] = [];
  await World.run(doors, (world) => {
    for (const ports of [RANGE, RANGE.toReversed()]) {
      world.send(MALLORY, ports, { gap: 0.01 });
    }
    opened = world.openings;
  });
  return opened;
}

Deno.test("no scan of the whole range opens a rotating door, in order or against it", async () => {
  const opened = await scan(
    rotatingDoor("clock", [alice]),
    rotatingDoor("count", [alice], { mode: "hotp" }),
    rotatingDoor("bound", [alice], { bindSource: true }),
  );
  assert.deepEqual(opened, []);
});

Deno.test("a scan of the whole range opens a rotating door that tolerates all ports", async () => {
  const opened = await scan(rotatingDoor("clock", [alice], {}, { tolerance: -1 }));
  assert.ok(opened.length > 0);
});
