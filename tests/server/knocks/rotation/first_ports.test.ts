import assert from "node:assert/strict";
import { Hit } from "../../../../lib/core/hit.ts";
import { FirstPorts } from "../../../../lib/server/knocks/rotation/first_ports.ts";
import { Member } from "../../../../lib/server/knocks/rotation/member.ts";
import { client, rotatingDoor } from "./rotation_world.ts";

/** Counters that are the first port's of, for clients that are many for their ports. */
const COUNTERS = 100;

/** How many counters are awaited, of all sources. */
function awaited(ports: FirstPorts): number {
  let count = 0;
  ports.retire(() => ++count > 0);
  return count;
}

Deno.test("what is awaited of a flood is bounded, however many knocks begin with a port", () => {
  const alice = client("alice", 1);
  const door = rotatingDoor("ssh", [alice], { bindSource: true });
  if (door.key.kind !== "otp") throw new Error("not a rotating door");
  const member = new Member(door, door.key.otp, alice);
  const ports = new FirstPorts();
  const hit = new Hit();
  for (let source = 0; source < 1000; source++) {
    hit.source.set([0, 0, 0xffff, source]);
    for (let counter = 0; counter < COUNTERS; counter++) {
      ports.begin(member, counter, hit);
    }
  }
  assert.ok(awaited(ports) < 8192 + COUNTERS);
  for (let counter = 0; counter < COUNTERS; counter++) {
    assert.equal(
      ports.begin(member, counter, hit),
      false,
      "the newest source's are kept",
    );
  }
});
