import assert from "node:assert/strict";
import { ALICE, BOB, closingDoor, knock, LeasesWorld } from "./leases_world.ts";

const ssh = closingDoor();

Deno.test("lease is in the journal before its start command, and its stages after it", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    assert.deepEqual(world.commands, [`open-ssh ${ALICE}`]);
    assert.deepEqual(world.journalled, [`ssh ${ALICE} opening`]);
    await world.ends();
    assert.deepEqual(world.journalled, [`ssh ${ALICE} open`]);
    await world.system.advance(9999);
    assert.deepEqual(world.commands, [`open-ssh ${ALICE}`]);
    assert.equal(world.leases.list()[0]?.left, 1);
    await world.system.advance(1);
    assert.deepEqual(world.commands, [`open-ssh ${ALICE}`, `close-ssh ${ALICE}`]);
    assert.deepEqual(world.journalled, [`ssh ${ALICE} closing`]);
    assert.equal(world.leases.list().length, 1);
    await world.ends();
    assert.deepEqual(world.journalled, []);
    assert.deepEqual(world.leases.list(), []);
    await world.system.advance(1e6);
    assert.equal(world.commands.length, 2);
    assert.equal(world.system.timers, 0);
    assert.deepEqual(world.log.lines, [
      `${ALICE}: ssh: OPEN SESAME`,
      `ssh: running command: open-ssh ${ALICE}`,
      `${ALICE}: ssh: command timeout, closing`,
      `ssh: running command: close-ssh ${ALICE}`,
    ]);
  }));

Deno.test("commands of a lease know who knocked, and carry the marks of the lease", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    const [open, close] = world.system.processes;
    assert.equal(open?.env["KNOCK_IP"], ALICE);
    assert.deepEqual(open?.env, close?.env);
    assert.match(open?.mark ?? "", /^start-[0-9a-f-]{36}$/);
    assert.equal(close?.mark, open?.mark?.replace("start", "stop"));
    await world.ends();
  }));

Deno.test("knock on an open door extends its lease, in the journal too", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(8000);
    world.open(knock(ssh));
    assert.equal(world.lines("open already, for 10 more seconds").length, 1);
    await world.system.advance(0);
    const [stored] = world.journal.leases().leases;
    assert.equal(stored?.closesAt, world.system.now() + 10_000);
    await world.system.advance(9999);
    assert.deepEqual(world.commands, [`open-ssh ${ALICE}`]);
    await world.system.advance(1);
    await world.ends();
    assert.deepEqual(world.commands, [`open-ssh ${ALICE}`, `close-ssh ${ALICE}`]);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("knock while the start command runs extends the lease", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    await world.system.advance(5000);
    world.open(knock(ssh));
    await world.ends();
    await world.system.advance(9999);
    assert.equal(world.commands.length, 1);
    await world.system.advance(1);
    await world.ends();
    assert.deepEqual(world.commands, [`open-ssh ${ALICE}`, `close-ssh ${ALICE}`]);
  }));

Deno.test("knock while the door closes opens it again once it is closed", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    world.open(knock(ssh));
    world.open(knock(ssh));
    assert.deepEqual(world.commands, [`open-ssh ${ALICE}`, `close-ssh ${ALICE}`]);
    await world.ends();
    assert.deepEqual(world.commands.slice(2), [`open-ssh ${ALICE}`]);
    assert.deepEqual(world.journalled, [`ssh ${ALICE} opening`]);
    await world.ends();
    await world.system.advance(10_000);
    await world.ends();
    assert.deepEqual(world.commands.slice(3), [`close-ssh ${ALICE}`]);
    assert.deepEqual(world.leases.list(), []);
  }));

Deno.test("knock that comes when time is over, the start command still running, opens anew", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    await world.system.advance(10_000);
    world.open(knock(ssh));
    assert.equal(world.lines("open already").length, 0);
    await world.ends();
    await world.ends();
    const [open, close] = [`open-ssh ${ALICE}`, `close-ssh ${ALICE}`];
    assert.deepEqual(world.commands, [open, close, open]);
    await world.ends();
    assert.ok((world.leases.list()[0]?.left ?? 0) > 9000);
  }));

Deno.test("clock that jumps neither shortens nor lengthens a lease that runs", () =>
  LeasesWorld.run(async (world) => {
    const day = 86_400_000;
    await world.opened(ssh);
    for (const jump of [day, -day, -day]) {
      world.system.setWallClock(world.system.now() + jump);
      await world.system.advance(3000);
      assert.equal(world.commands.length, 1);
    }
    await world.system.advance(999);
    assert.equal(world.commands.length, 1);
    await world.system.advance(1);
    assert.equal(world.commands.length, 2);
    await world.ends();
  }));

Deno.test("doors and addresses do not share leases", () =>
  LeasesWorld.run(async (world) => {
    const web = closingDoor("web", { cmdTimeout: 20 });
    await world.opened(ssh);
    await world.opened(web);
    await world.opened(ssh, BOB);
    await world.opened(ssh, "fe80::1");
    assert.equal(world.leases.list().length, 4);
    await world.system.advance(10_000);
    const closes = world.commands.slice(4);
    assert.deepEqual(
      closes,
      [ALICE, BOB, "fe80::1"].map((ip) => `close-ssh ${ip}`),
    );
    world.system.processes.slice(4).forEach((process) => process.end());
    await world.system.advance(10_000);
    assert.equal(world.commands.at(-1), `close-web ${ALICE}`);
    await world.ends();
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("door without commands for the knocker's family promises and runs nothing", () =>
  LeasesWorld.run((world) => {
    const four = closingDoor("ssh", {
      start: { ipv4: ["open", "%IP%"] },
      stop: { ipv4: ["close", "%IP%"] },
    });
    world.open(knock(four, "fe80::1"));
    assert.deepEqual(world.commands, []);
    assert.deepEqual(world.journalled, []);
    assert.equal(world.lines("OPEN SESAME").length, 1);
  }));

Deno.test("door without a stop command runs its command at each knock, and promises nothing", () =>
  LeasesWorld.run(async (world) => {
    const { stop: _, ...open } = ssh;
    world.open(knock(open));
    world.open(knock(open));
    await world.ends();
    assert.deepEqual(world.commands, [`open-ssh ${ALICE}`, `open-ssh ${ALICE}`]);
    assert.deepEqual(world.leases.list(), []);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("cooldown keeps the command from running again for the same source and door", () =>
  LeasesWorld.run(async (world) => {
    const { stop: _, ...open } = closingDoor("ssh", { cooldown: 60 });
    const { stop: __, ...web } = closingDoor("web", { cooldown: 60 });
    world.open(knock(open));
    await world.ends();
    await world.system.advance(59_999);
    world.open(knock(open));
    assert.equal(world.commands.length, 1);
    assert.equal(world.lines("ran less than 60 seconds ago").length, 1);
    world.open(knock(web));
    world.open(knock(open, BOB));
    assert.equal(world.commands.length, 3);
    for (const process of world.system.processes.slice(1)) process.end();
    await world.system.advance(1);
    world.open(knock(open));
    assert.equal(world.commands.length, 4);
  }));
