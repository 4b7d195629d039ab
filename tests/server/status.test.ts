import assert from "node:assert/strict";
import type { LastOpenings } from "../../lib/server/status.ts";
import { door, MemoryWorld, SERVER } from "./memory_world.ts";

const ALICE = "10.0.0.7";
const LATE_MS = 30_000;

Deno.test("status counts openings and failed knocks by door and reason", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000) + door("web", 8000));
  await world.knock(ALICE, 7000, 7001, 7002);
  await world.knock("10.0.0.8", 8000, 8001, 9, 10, 11, 8002);
  const { doors, opened, refused, failures } = world.daemon.status();
  assert.deepEqual(doors.map(({ name, opened, failed }) => ({ name, opened, failed })), [
    { name: "ssh", opened: 1, failed: {} },
    { name: "web", opened: 0, failed: { foreign: 1 } },
  ]);
  assert.deepEqual({ opened, refused }, { opened: 1, refused: 1 });
  assert.equal(failures[0]!.ip, "10.0.0.8");
  assert.match(failures[0]!.why, /3 other ports were hit/);
});

Deno.test("status has a knock that never became complete, and what it lacked", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  await world.knock(ALICE, 7000, 7002);
  await world.system.advance(LATE_MS);
  const { doors, refused, failures } = world.daemon.status();
  assert.equal(refused, 0, "it was not complete");
  assert.deepEqual(doors[0]!.failed, { missing: 1 });
  assert.match(failures[0]!.why, /7001 did not/);
});

Deno.test("status keeps the newest failed knocks, and counts all of them", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000, "max_open = 1"));
  await world.knock(ALICE, 7000, 7001, 7002);
  for (let i = 1; i <= 30; i++) await world.knock(`10.0.1.${i}`, 7000, 7001, 7002);
  await world.system.advance(1000);
  const { doors, failures } = world.daemon.status();
  assert.deepEqual(doors[0]!.failed, { max_open: 30 });
  assert.ok(failures.length <= 20);
});

Deno.test("status names the clients of rotating doors and their last opening", async () => {
  const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
  const clients = ["alice", "bob"].map((name, i) =>
    `[doors.ssh.clients.${name}]\nsecret = "${secret.replace("J", "KL"[i]!)}"\n`
  );
  await using world = await MemoryWorld.start(
    `[doors.ssh]\ncommand = ["true"]\n[doors.ssh.otp]\n${clients.join("")}`,
  );
  const last = { event: "open", door: "ssh", client: "bob", time: 5, ip: ALICE };
  const known: LastOpenings = new Map([["ssh\0bob", last]]);
  assert.deepEqual(world.daemon.status(undefined, known).clients, [
    { door: "ssh", client: "bob", last: { time: 5, ip: ALICE } },
    { door: "ssh", client: "alice" },
  ]);
});

Deno.test("status names who opened what the kernel kept open through a restart", async () => {
  await using world = new MemoryWorld(
    '[doors.ssh]\nopen = 22\nsequence = "7000,7001,7002"\ncmd_timeout = 60\n',
  );
  await world.start();
  await world.knock(ALICE, 7000, 7001, 7002);
  const { openedAt: now } = world.daemon.status().leases[0]!;
  await world.daemon.stop({ handOver: true });
  await world.start();
  const clients = (time: number) => {
    const bob = { event: "open", door: "ssh", client: "bob", time, ip: ALICE };
    const known: LastOpenings = new Map([["ssh\0bob", bob]]);
    return world.daemon.status(undefined, known).leases.map(({ client }) => client);
  };
  assert.deepEqual(clients(now), ["bob"]);
  assert.deepEqual(clients(now - 61_000), [undefined], "that one is over");
});

Deno.test("a daemon that leaves IPv6 out names no address by which nothing is heard", async () => {
  await using world = new MemoryWorld(door("ssh", 7000));
  world.network.add("eth0", { addresses: [SERVER, "fe80::1"] });
  world.ipv4Only = true;
  await world.start();
  assert.deepEqual(world.daemon.status().interfaces[0]!.addresses, [SERVER]);
  assert.ok(world.log.lines.includes(`listening on eth0 (${SERVER})`));
});
