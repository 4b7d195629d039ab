import assert from "node:assert/strict";
import { Deadlines } from "../../../lib/server/leases/deadlines.ts";
import { Lease } from "../../../lib/server/leases/lease.ts";
import { begun } from "../../../lib/server/leases/held.ts";
import { newLease, promisedOf } from "../../../lib/server/leases/row.ts";
import { door } from "../../core/doors.ts";
import { FakeSystem } from "../fake_system.ts";
import { knock } from "./leases_world.ts";

function setUp() {
  const system = new FakeSystem();
  const due: string[] = [];
  const deadlines = new Deadlines(system, (leases) => {
    due.push(...leases.map(({ ip }) => ip));
  });
  const lease = (ip: string) => {
    const row = newLease(knock(door("ssh", "7000"), ip), undefined, 0, "");
    const promised = promisedOf(row, undefined, true);
    return new Lease(promised, begun(0), { closesAt: 0, openFor: 0 }, system);
  };
  return { system, due, deadlines, lease };
}

Deno.test("a lease that closes before its time keeps no other from ending in time", async () => {
  const { system, due, deadlines, lease } = setUp();
  const [first, second, third] = ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map(lease);
  deadlines.set(first!, 1000);
  deadlines.set(third!, 3000);
  deadlines.set(second!, 2000);
  deadlines.clear([first!]);
  await system.advance(1999);
  assert.deepEqual(due, []);
  await system.advance(1);
  assert.deepEqual(due, ["10.0.0.2"]);
  deadlines.set(first!, 500);
  await system.advance(500);
  assert.deepEqual(due, ["10.0.0.2", "10.0.0.1"]);
  await system.advance(500);
  assert.deepEqual(due, ["10.0.0.2", "10.0.0.1", "10.0.0.3"]);
  assert.equal(system.timers, 0);
});

Deno.test("closing thousands of leases sets no timer for each, and leaves none", () => {
  const { system, deadlines, lease } = setUp();
  const leases = Array.from(
    { length: 1000 },
    (_, i) => lease(`10.0.${i >> 8}.${i & 255}`),
  );
  for (const [i, one] of leases.entries()) deadlines.set(one, 1000 + i);
  let timers = 0;
  const { schedule } = system;
  system.schedule = (ms, run) => (timers++, schedule.call(system, ms, run));
  deadlines.clear(leases);
  assert.equal(timers, 0);
  assert.equal(system.timers, 0);
});
