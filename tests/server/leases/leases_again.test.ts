import assert from "node:assert/strict";
import { alice, rotatingDoor } from "../knocks/rotation/rotation_world.ts";
import { ALICE, BOB, CLASSIC, closingDoor, knock, LeasesWorld } from "./leases_world.ts";

const ssh = closingDoor();
const running = closingDoor("ssh", { again: "run" });
const open = `open-ssh ${ALICE}`;
const close = `close-ssh ${ALICE}`;

Deno.test("knock on an open door runs the start command again, and the stop command as often", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(running);
    await world.opened(running);
    await world.opened(running);
    assert.deepEqual(world.commands, [open, open, open]);
    assert.deepEqual(world.journal.leases().leases.map(({ starts }) => starts), [3]);
    await world.system.advance(9999);
    assert.equal(world.commands.length, 3);
    await world.system.advance(1);
    for (let stops = 1; stops <= 3; stops++) {
      assert.deepEqual(world.commands.slice(3), Array(stops).fill(close));
      await world.ends();
    }
    assert.deepEqual(world.journalled, []);
    assert.deepEqual(world.leases.list(), []);
  }));

Deno.test("another start is on disk before it runs", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(running);
    world.open(knock(running));
    assert.equal(world.commands.length, 2);
    assert.deepEqual(world.journal.leases().leases.map(({ starts }) => starts), [2]);
    await world.restart(20_000);
    await world.system.advance(0);
    await world.ends();
    await world.ends();
    assert.deepEqual(world.commands, [close, close]);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("start command runs sixteen times for one lease, and beyond it a knock extends", () =>
  LeasesWorld.run(async (world) => {
    for (let n = 0; n < 16; n++) await world.opened(running);
    await world.system.advance(5000);
    assert.equal(world.open(knock(running)), "extended");
    assert.equal(world.commands.length, 16);
    await world.system.advance(9999);
    assert.equal(world.commands.length, 16);
    await world.system.advance(1);
    for (let n = 0; n < 16; n++) await world.ends();
    assert.equal(world.commands.length, 32);
    assert.deepEqual(world.leases.list(), []);
  }));

Deno.test("knocks while the start command runs are queued once, and run it once more", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(running));
    world.open(knock(running));
    world.open(knock(running));
    assert.deepEqual(world.commands, [open]);
    await world.ends();
    assert.deepEqual(world.commands, [open, open]);
    await world.ends();
    assert.equal(world.commands.length, 2);
    await world.system.advance(10_000);
    await world.ends();
    await world.ends();
    assert.deepEqual(world.commands.slice(2), [close, close]);
  }));

Deno.test("start that could not run another time is not undone", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(running);
    world.system.refuse = () => new Deno.errors.NotFound();
    world.open(knock(running));
    await world.system.advance(0);
    world.system.refuse = () => undefined;
    assert.equal(world.leases.list()[0]?.stage, "open");
    await world.system.advance(10_000);
    await world.ends();
    assert.deepEqual(world.commands, [open, close]);
    assert.deepEqual(world.leases.list(), []);
  }));

Deno.test("start that fails another time leaves the door open, and is undone", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(running);
    world.open(knock(running));
    await world.ends(1);
    assert.equal(world.leases.list()[0]?.stage, "open");
    await world.system.advance(10_000);
    await world.ends();
    await world.ends();
    assert.deepEqual(world.commands, [open, open, close, close]);
  }));

Deno.test("time that is over while a start runs again closes after it", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(running);
    world.open(knock(running));
    await world.system.advance(10_000);
    assert.deepEqual(world.commands, [open, open]);
    await world.ends();
    assert.deepEqual(world.commands.slice(2), [close]);
    await world.ends();
    await world.ends();
    assert.equal(world.commands.length, 4);
  }));

Deno.test("once one stop has succeeded the rest are tried three times each, and no alarm", () =>
  LeasesWorld.run(async (world) => {
    for (let n = 0; n < 3; n++) await world.opened(running);
    await world.system.advance(10_000);
    await world.ends();
    for (let tries = 0; tries < 6; tries++) {
      await world.ends(1);
      assert.ok(world.leases.list().every(({ failures }) => failures === 0));
      await world.system.advance(1000);
    }
    assert.equal(world.commands.length, 3 + 1 + 6);
    assert.deepEqual(world.lines("STILL OPEN"), []);
    assert.equal(world.lines("opened more than once").length, 2);
    assert.deepEqual(world.leases.list(), []);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("stop that never succeeded is tried for ever, however often the door was opened", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(running);
    await world.opened(running);
    await world.system.advance(10_000);
    for (let tries = 0; tries < 12; tries++) {
      await world.ends(1);
      await world.system.advance(600_000);
    }
    assert.equal(world.lines("STILL OPEN: the stop command failed").length, 12);
    assert.equal(world.leases.list().length, 1);
    await world.ends();
    await world.ends();
    assert.deepEqual(world.leases.list(), []);
  }));

Deno.test("door of knockd.conf that its own close-knock closed opens again at a knock", () =>
  LeasesWorld.run(async (world) => {
    const door = closingDoor("ssh", CLASSIC);
    const { stop: _, ...away } = closingDoor("away", CLASSIC);
    await world.opened(door);
    await world.opened(away);
    await world.opened(door);
    assert.deepEqual(world.commands, [open, `open-away ${ALICE}`, open]);
    await world.system.advance(10_000);
    await world.ends();
    for (let tries = 0; tries < 3; tries++) {
      await world.ends(1);
      await world.system.advance(1000);
    }
    assert.deepEqual(world.lines("STILL OPEN"), []);
    assert.deepEqual(world.leases.list(), []);
  }));

Deno.test("lease beside which another door's command ran is in doubt, and a knock opens anew", () =>
  LeasesWorld.run(async (world) => {
    const { stop: _, ...away } = closingDoor("away");
    await world.opened(ssh);
    await world.opened(away);
    assert.equal(world.open(knock(ssh)), "opened");
    await world.ends();
    assert.equal(world.open(knock(ssh)), "extended");
    await world.system.advance(10_000);
    for (let tries = 0; tries < 3; tries++) {
      await world.ends(1);
      await world.system.advance(1000);
    }
    assert.equal(world.lines("door away ran its command, so it may be closed").length, 1);
    assert.deepEqual(world.lines("STILL OPEN"), []);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("doubt that another door's command cast outlives a restart", () =>
  LeasesWorld.run(async (world) => {
    const { stop: _, ...away } = closingDoor("away");
    await world.opened(ssh);
    await world.opened(away);
    await world.restart(10_000);
    await world.system.advance(0);
    for (let tries = 0; tries < 3; tries++) {
      await world.ends(1);
      await world.system.advance(1000);
    }
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("command for another address casts no doubt", () =>
  LeasesWorld.run(async (world) => {
    const { stop: _, ...away } = closingDoor("away");
    await world.opened(ssh);
    await world.opened(away, BOB);
    assert.equal(world.open(knock(ssh)), "extended");
    await world.system.advance(10_000);
    await world.ends(1);
    assert.equal(world.lines("STILL OPEN").length, 1);
    await world.system.advance(1000);
    await world.ends();
  }));

Deno.test("knock that a stop command of other words would undo extends", () =>
  LeasesWorld.run(async (world) => {
    const ported = closingDoor("ssh", {
      again: "run",
      stop: { ipv4: ["close-ssh", "%IP%", "%PORT%"] },
    });
    await world.opened(ported);
    assert.equal(world.open(knock(ported, ALICE, { port: 9 })), "extended");
    assert.equal(world.open(knock(ported)), "opened");
    await world.ends();
  }));

Deno.test("open tells what it did, and whatever that is, the counter is spent", () =>
  LeasesWorld.run(async (world) => {
    const door = { ...rotatingDoor("ssh", [alice]), start: ssh.start!, stop: ssh.stop! };
    const with_ = (counter: number) => knock(door, ALICE, { client: alice, counter });
    const open = (counter: number) => {
      const answer = world.open(with_(counter));
      return world.isSpent(with_(counter)) ? answer : "not spent";
    };
    assert.equal(open(7), "opened");
    assert.equal(open(8), "extended");
    assert.equal(open(8), "refused");
    await world.ends();
    await world.system.advance(10_000);
    assert.equal(open(9), "waits");
    await world.ends();
    await world.ends();
    const { opened, spent } = world.tally.numbers;
    assert.deepEqual({ opened, spent }, { opened: 2, spent: 2 });
  }));

Deno.test("many openings at once are one commit, each on disk before its command", () => {
  const points: string[] = [];
  return LeasesWorld.run(async (world) => {
    points.length = 0;
    const ips = Array.from({ length: 20 }, (_, n) => `10.3.0.${n}`);
    const answers = world.leases.openAll(ips.map((ip) => knock(ssh, ip)));
    assert.ok(answers.every((answer) => answer === "opened"));
    assert.deepEqual(points, ["before batch", "after batch"]);
    assert.equal(world.journalled.length, 20);
    assert.equal(world.commands.length, 8);
    await world.leases.close(() => false, "");
  }, { onPoint: (point) => points.push(point) });
});

Deno.test("opening that is used up does not keep the others of its batch from opening", () =>
  LeasesWorld.run((world) => {
    const door = { ...rotatingDoor("one", [alice]), start: ssh.start!, stop: ssh.stop! };
    const once = (ip: string) => knock(door, ip, { client: alice, counter: 7 });
    const answers = world.leases.openAll([once(ALICE), once(BOB), knock(ssh, BOB)]);
    assert.deepEqual(answers, ["opened", "refused", "opened"]);
    assert.equal(world.journalled.length, 2);
  }));
