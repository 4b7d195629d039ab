import assert from "node:assert/strict";
import { settle } from "../fake_system.ts";
import { disk } from "./full_disk.ts";
import { ALICE, closingDoor, knock, LeasesWorld } from "./leases_world.ts";
import { alice, rotatingDoor } from "../knocks/rotation/rotation_world.ts";

const ssh = closingDoor();
const open = `open-ssh ${ALICE}`;
const close = `close-ssh ${ALICE}`;

Deno.test("stop command that fails is tried again, later each time, and loudly", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    for (const [index, seconds] of [1, 2, 4, 8, 16].entries()) {
      await world.ends(4);
      const times = index + 1;
      assert.equal(
        world.lines("STILL OPEN").at(-1),
        `${ALICE}: ssh: STILL OPEN: the stop command failed ${times} ` +
          `${times === 1 ? "time" : "times"}, next try in ${seconds} s`,
      );
      assert.deepEqual(world.journalled, [`ssh ${ALICE} open ${times}`]);
      await world.system.advance(seconds * 1000 - 1);
      assert.equal(world.commands.length, 1 + times);
      await world.system.advance(1);
      assert.equal(world.commands.length, 2 + times);
      assert.deepEqual(world.journalled, [`ssh ${ALICE} closing ${times}`]);
    }
    assert.equal(world.leases.list()[0]?.failures, 5);
    await world.ends();
    assert.deepEqual(world.journalled, []);
    await world.system.advance(1e6);
    assert.deepEqual(world.commands, [open, ...Array(6).fill(close)]);
    assert.deepEqual(
      world.log.records.filter(({ level }) => level === "error").length,
      5,
    );
  }));

Deno.test("stop command that fails is tried every ten minutes in the end, for ever", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    for (let tries = 1; tries < 50; tries++) {
      await world.ends(1);
      await world.system.advance(600_000);
      assert.equal(world.commands.length, 2 + tries);
    }
    await world.ends();
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("stop command that hangs is killed and tried again", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000 + 30_000);
    assert.deepEqual(world.command.signals, ["SIGTERM"]);
    await world.system.advance(2000);
    await world.ends(137);
    await world.system.advance(1000);
    assert.deepEqual(world.commands, [open, close, close]);
    await world.ends();
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("stop command that can't be started is tried again", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    world.system.refuse = () => new Deno.errors.NotFound();
    await world.system.advance(10_000);
    assert.equal(world.lines("STILL OPEN").length, 1);
    world.system.refuse = () => undefined;
    await world.system.advance(1000);
    await world.ends();
    assert.deepEqual(world.commands, [open, close]);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("knock while a stop command waits to be tried again has it tried at once", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    await world.ends(1);
    world.open(knock(ssh));
    await settle();
    assert.deepEqual(world.commands, [open, close, close]);
    await world.ends();
    assert.deepEqual(world.commands, [open, close, close, open]);
    await world.ends();
    await world.system.advance(10_000);
    await world.ends();
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("rules that an administrator has flushed lock nobody out, and the alarm ends", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    world.open(knock(ssh));
    for (const seconds of [1, 2, 0]) {
      await world.ends(1);
      await world.system.advance(seconds * 1000);
    }
    assert.deepEqual(world.commands.slice(1), [close, close, close, open]);
    await world.ends();
    assert.deepEqual(world.journalled, [`ssh ${ALICE} open`]);
    await world.system.advance(5000);
    world.open(knock(ssh));
    assert.equal(world.lines("open already").length, 1);
    await world.system.advance(10_000);
    assert.deepEqual(world.commands.slice(5), [close]);
    await world.ends();
    const alarms = world.lines("STILL OPEN").length;
    // The first start may have left something: its stop command is tried, too.
    for (let tries = 1; tries <= 3; tries++) {
      assert.equal(world.commands.length, 6 + tries);
      await world.ends(1);
      await world.system.advance(1000);
    }
    assert.equal(world.lines("STILL OPEN").length, alarms);
    assert.equal(world.lines("opened more than once").length, 1);
    assert.deepEqual(world.journalled, []);
    assert.deepEqual(world.leases.list(), []);
    assert.equal(world.commands.length, 9);
  }));

Deno.test("knock that waits for a door to close is forgotten when the door is closed by hand", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    await world.ends(1);
    world.open(knock(ssh));
    const closed = world.leases.close(() => true, "closed by the administrator");
    await settle();
    await world.ends();
    assert.equal(await closed, 1);
    await settle();
    assert.deepEqual(world.commands, [open, close, close]);
    assert.deepEqual(world.leases.list(), []);
  }));

Deno.test("door that leaves the config closes at once, by the command that was promised", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    const renamed = closingDoor("ssh", { stop: { ipv4: ["new-close", "%IP%"] } });
    world.open(knock(renamed));
    const closed = world.leases.close(({ door }) => door === "ssh", "gone");
    await settle();
    assert.deepEqual(world.commands, [open, close]);
    await world.ends();
    assert.equal(await closed, 1);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("door that leaves the config while it opens closes after its start command", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    const closed = world.leases.close(() => true, "gone");
    await settle();
    assert.deepEqual(world.commands, [open]);
    await world.ends();
    await world.ends();
    assert.equal(await closed, 1);
    assert.deepEqual(world.commands, [open, close]);
  }));

Deno.test("door stays shut when the journal can't be written, and says so", async () => {
  const { full, onPoint } = disk();
  await LeasesWorld.run(async (world) => {
    full.now = true;
    const rotating = {
      ...rotatingDoor("ssh", [alice]),
      start: ssh.start!,
      stop: ssh.stop!,
      cooldown: 60,
    };
    for (const counter of [7, 8]) {
      world.open(knock(rotating, ALICE, { client: alice, counter }));
    }
    assert.deepEqual(world.commands, []);
    assert.deepEqual(world.leases.list(), []);
    assert.equal(world.lines("refused (alice): ").length, 2);
    assert.equal(world.lines("the disk is full").length, 2);
    full.now = false;
    // Whoever saw them has nothing; the cooldown was not used up.
    for (const counter of [7, 8]) {
      world.open(knock(rotating, ALICE, { client: alice, counter }));
    }
    assert.equal(world.lines("used already").length, 2);
    assert.deepEqual(world.commands, []);
    const opening = knock(rotating, ALICE, { client: alice, counter: 9 });
    world.open(opening);
    assert.deepEqual(world.commands, [open]);
    await world.ends();
    await world.system.advance(10_000);
    await world.ends();
    await world.system.advance(60_000);
    world.open(opening);
    assert.equal(world.lines("used already").length, 3);
    assert.equal(world.commands.length, 2);
  }, { onPoint });
});

Deno.test("door without a stop command stays shut when its counter can't be spent", async () => {
  const { full, onPoint } = disk();
  await LeasesWorld.run((world) => {
    full.now = true;
    const rotating = { ...rotatingDoor("ssh", [alice]), start: ssh.start! };
    world.open(knock(rotating, ALICE, { client: alice, counter: 7 }));
    assert.deepEqual(world.commands, []);
    full.now = false;
    world.open(knock(rotating, ALICE, { client: alice, counter: 7 }));
    assert.deepEqual(world.commands, []);
    world.open(knock(rotating, ALICE, { client: alice, counter: 8 }));
    world.open(knock(rotating, ALICE, { client: alice, counter: 8 }));
    assert.deepEqual(world.commands, [open]);
  }, { onPoint });
});

Deno.test("journal that fails once a door is open keeps nothing from closing", async () => {
  const { full, onPoint } = disk();
  await LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    full.now = true;
    await world.ends();
    world.open(knock(ssh));
    await world.system.advance(10_000);
    await world.ends(1);
    await world.system.advance(1000);
    await world.ends();
    assert.deepEqual(world.commands, [open, close, close]);
    assert.deepEqual(world.leases.list(), []);
    assert.equal(world.lines("the disk is full").length, 1);
    assert.deepEqual(world.journalled, [`ssh ${ALICE} opening`]);
    full.now = false;
    // What could not be written is made up for with the next lease that ends.
    await world.opened(ssh);
    await world.system.advance(10_000);
    await world.ends();
    assert.deepEqual(world.journalled, []);
  }, { onPoint });
});

Deno.test("lease whose end could not be written is closed once more, quietly", async () => {
  const { full, onPoint } = disk();
  await LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    full.now = true;
    await world.ends();
    full.now = false;
    await world.restart();
    await settle();
    assert.deepEqual(world.commands, [close]);
    for (let tries = 1; tries <= 3; tries++) {
      await world.ends(1);
      await world.system.advance(1000);
    }
    assert.deepEqual(world.lines("STILL OPEN"), []);
    assert.deepEqual(world.journalled, []);
  }, { onPoint });
});

Deno.test("end of a lease that could not be written is, when the daemon ends", async () => {
  const { full, onPoint } = disk();
  await LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    full.now = true;
    await world.ends();
    full.now = false;
    await world.leases.end(() => false);
    assert.deepEqual(world.journalled, []);
  }, { onPoint });
});
