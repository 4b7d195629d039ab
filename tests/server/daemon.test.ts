import assert from "node:assert/strict";
import { door, MemoryWorld } from "./memory_world.ts";

const ALICE = "10.0.0.7";
const BOB = "10.0.0.8";

Deno.test("a knock opens a door, and time closes it", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  await world.knock(ALICE, 7000, 7001, 7002);
  assert.deepEqual(await world.commands(), [`open ssh ${ALICE}`]);
  await world.system.advance(60_000);
  assert.deepEqual(await world.commands(), [`close ssh ${ALICE}`]);
});

Deno.test("a rehearsal opens nothing, and a knock that it meets opens its door", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  world.daemon.rehearse();
  assert.deepEqual(await world.commands(), []);
  assert.deepEqual(world.daemon.status().leases, []);
  await world.knock(ALICE, 7000, 7001, 7002);
  assert.deepEqual(await world.commands(), [`open ssh ${ALICE}`]);
});

Deno.test("status tells what is heard, which doors there are and what is open", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000) + door("web", 8000));
  await world.system.advance(5000);
  await world.knock(ALICE, 7000, 7001, 7002);
  await world.commands();
  const { doors, leases, interfaces, uptime, opened, trial } = world.daemon.status(17.4);
  assert.deepEqual(doors.map(({ name }) => name), ["ssh", "web"]);
  assert.deepEqual(leases.map(({ door, ip, left }) => [door, ip, left]), [
    ["ssh", ALICE, 60],
  ]);
  assert.deepEqual(interfaces.map(({ hears, packets }) => [hears, packets]), [[true, 3]]);
  assert.deepEqual([uptime, opened, trial], [5, 1, 17]);
});

Deno.test("a door is closed for everybody, or for one", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000) + door("web", 8000));
  await world.knock(ALICE, 7000, 7001, 7002, 8000, 8001, 8002);
  await world.knock(BOB, 7000, 7001, 7002);
  await world.commands();
  const one = world.daemon.close({ door: "ssh", ip: ALICE });
  assert.deepEqual(await world.commands(), [`close ssh ${ALICE}`]);
  assert.deepEqual(await one, { closed: 1, failing: 0 });
  const all = world.daemon.close({});
  assert.deepEqual(await world.commands(), [`close web ${ALICE}`, `close ssh ${BOB}`]);
  assert.deepEqual(await all, { closed: 2, failing: 0 });
});

Deno.test("whoever asks to close is not kept waiting by stop commands that fail", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  await world.knock(ALICE, 7000, 7001, 7002);
  await world.commands();
  const closed = world.daemon.close({ door: "ssh" });
  for (let second = 0; second < 21; second++) {
    await world.finish(1);
    await world.system.advance(1000);
  }
  assert.deepEqual(await closed, { closed: 0, failing: 1 });
});

Deno.test("a door is known while the config has it or it is open", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  assert.ok(world.daemon.knowsDoor("ssh"));
  assert.ok(!world.daemon.knowsDoor("web"));
  await world.knock(ALICE, 7000, 7001, 7002);
  await world.commands();
  world.text = door("web", 8000);
  await world.daemon.reload();
  assert.ok(world.daemon.knowsDoor("ssh"));
  assert.ok(world.daemon.knowsDoor("web"));
});

Deno.test("a daemon that ends closes its doors but for those that are to stay", async () => {
  const text = door("ssh", 7000) + door("web", 8000, 'on_exit = "keep"');
  await using world = await MemoryWorld.start(text);
  await world.knock(ALICE, 7000, 7001, 7002, 8000, 8001, 8002);
  await world.commands();
  const stopped = world.daemon.stop();
  assert.deepEqual(await world.commands(), [`close ssh ${ALICE}`]);
  await stopped;
  assert.ok(world.network.closed);
});
