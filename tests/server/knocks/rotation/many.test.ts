import assert from "node:assert/strict";
import { Secret } from "../../../../lib/core/secret.ts";
import { Slices } from "../../../../lib/server/knocks/rotation/slices.ts";
import { FakeSystem, settle } from "../../fake_system.ts";
import { ALICE, rotatingDoor, World } from "./rotation_world.ts";

const CLIENTS = 10_000;

function manyClients(count: number) {
  return Array.from({ length: count }, (_, i) => {
    const bytes = new Uint8Array(32);
    new DataView(bytes.buffer).setUint32(0, i);
    return { name: `c${i}`, secret: new Secret(bytes) };
  });
}

/** A world in which every look at the monotonic clock takes some time. */
class SlowSystem extends FakeSystem {
  /** Milliseconds a look. */
  look = 0;
  #looks = 0;

  override monotonic(): number {
    this.#looks += this.look;
    return super.monotonic() + this.#looks;
  }
}

Deno.test("ten thousand clients share a door, now, at the next step and after a reload", async () => {
  const clients = manyClients(CLIENTS);
  // Most of the time goes into deriving, port by port.
  const short = { length: 3 };
  const door = rotatingDoor("ssh", clients, short);
  await World.run([door], async (world) => {
    const knockers = [0, 1, 4711, 9999].map((i) => clients[i]!);
    const opened = () => world.openings.splice(0).slice(-knockers.length);
    const expected = knockers.map(({ name }, i) => `${name} 10.0.1.${i}`);
    const knockAll = () =>
      knockers.forEach((who, i) => world.knock(who, 0, `10.0.1.${i}`));
    knockAll();
    assert.deepEqual(opened(), expected);
    await world.system.advance(30_000);
    knockAll();
    assert.deepEqual(opened(), expected);
    await world.system.advance(30_000);
    world.reload([rotatingDoor("ssh", clients, short, { cooldown: 1 })]);
    knockAll();
    assert.deepEqual(opened(), expected);
    assert.equal(world.openings.length, 3 * knockers.length);
  });
});

Deno.test("sequences of many clients become live a slice at a time, the current step first", () => {
  const clients = manyClients(200);
  const system = new SlowSystem();
  system.look = 1;
  return World.run([rotatingDoor("ssh", clients)], async (world) => {
    world.knock(clients[0]!);
    world.knock(clients[199]!, 0, "10.0.0.9");
    assert.deepEqual(world.openings, [`c0 ${ALICE}`]);
    // A hundred in the first slice, then one a slice, with a millisecond between slices.
    await system.advance(250);
    world.knock(clients[198]!, 1, "10.0.0.8");
    world.knock(clients[199]!, 0, "10.0.0.7");
    assert.deepEqual(world.openings, [`c0 ${ALICE}`, "c199 10.0.0.7"]);
    await system.advance(6000);
    world.knock(clients[198]!, 1, "10.0.0.8");
    assert.equal(world.openings.length, 3);
  }, { system });
});

Deno.test("a reload before all sequences are live carries on", () => {
  const clients = manyClients(200);
  const system = new SlowSystem();
  system.look = 0.1;
  return World.run([rotatingDoor("ssh", clients)], async (world) => {
    await system.advance(5);
    world.reload([rotatingDoor("ssh", clients, {}, { cooldown: 1 })]);
    await system.advance(2000);
    for (const offset of [-1, 0, 1]) {
      world.knock(clients[150]!, offset, `10.0.2.${offset + 1}`);
    }
    assert.equal(world.openings.length, 3);
    assert.deepEqual(world.refusals, []);
  }, { system });
});

Deno.test("slices do urgent work at half of the time and other work at a tenth of it", async () => {
  for (const [urgency, pause] of [["urgent", 1], ["spare", 9]] as const) {
    const system = new SlowSystem();
    let left = 100;
    const pauses = new Set<number>();
    const schedule = system.schedule.bind(system);
    system.schedule = (delay, run) => {
      pauses.add(delay);
      return schedule(delay, run);
    };
    system.look = 0.1;
    const slices = new Slices(system, () => left-- > 0 ? urgency : "done");
    slices.run();
    assert.ok(left >= 88, `${left} left`);
    await system.advance(1000);
    assert.ok(left < 0);
    assert.deepEqual([...pauses], [pause]);
    assert.equal(system.timers, 0);
  }
});

Deno.test("slices that are stopped leave the rest undone", async () => {
  const system = new SlowSystem();
  system.look = 1;
  let done = 0;
  const slices = new Slices(system, () => {
    done++;
    return "spare";
  });
  slices.run();
  slices.stop();
  const before = done;
  await system.advance(1000);
  await settle();
  assert.equal(done, before);
});
