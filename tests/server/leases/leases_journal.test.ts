import assert from "node:assert/strict";
import { disk } from "./full_disk.ts";
import { ALICE, closingDoor, knock, LeasesWorld } from "./leases_world.ts";

const ssh = closingDoor();
const running = closingDoor("ssh", { again: "run" });
const open = `open-ssh ${ALICE}`;
const close = `close-ssh ${ALICE}`;

Deno.test("open door goes on in memory while the disk is full, and the log says so", async () => {
  const { full, onPoint } = disk();
  await LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    full.now = true;
    await world.system.advance(9000);
    assert.equal(world.open(knock(ssh)), "extended");
    await world.system.advance(9999);
    assert.equal(world.lines("the disk is full").length, 1);
    assert.deepEqual(world.commands, [open]);
    await world.system.advance(1);
    assert.deepEqual(world.commands, [open, close]);
    await world.ends();
  }, { onPoint });
});

Deno.test("start command does not run again while the disk is full: the knock extends", async () => {
  const { full, onPoint } = disk();
  await LeasesWorld.run(async (world) => {
    await world.opened(running);
    full.now = true;
    assert.equal(world.open(knock(running)), "extended");
    assert.deepEqual(world.commands, [open]);
    full.now = false;
    assert.equal(world.open(knock(running)), "opened");
    await world.ends();
    assert.deepEqual(world.journal.leases().leases.map(({ starts }) => starts), [2]);
  }, { onPoint });
});

Deno.test("place that a refused opening would have had is free again", async () => {
  const { full, onPoint } = disk();
  await LeasesWorld.run((world) => {
    const one = closingDoor("one", { maxOpen: 1 });
    full.now = true;
    assert.equal(world.open(knock(one)), "refused");
    full.now = false;
    assert.equal(world.open(knock(one)), "opened");
  }, { onPoint });
});

Deno.test("batch that can't be written opens nothing and says so for each", async () => {
  const { full, onPoint } = disk();
  await LeasesWorld.run((world) => {
    full.now = true;
    const answers = world.leases.openAll([knock(ssh), knock(ssh, "10.0.0.9")]);
    assert.deepEqual(answers, ["refused", "refused"]);
    assert.deepEqual(world.commands, []);
    assert.deepEqual(world.leases.list(), []);
  }, { onPoint });
});

Deno.test("without a journal doors open and close in memory", () =>
  LeasesWorld.run(async (world) => {
    await world.opensAndClosesTwice();
  }, { inMemory: true }));

Deno.test("what a full disk kept from the journal is written when there is room again", async () => {
  const { full, onPoint } = disk();
  await LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    full.now = true;
    await world.system.advance(10_000);
    await world.ends();
    assert.deepEqual(world.journalled, [`ssh ${ALICE} open`]);
    full.now = false;
    await world.system.advance(10_000);
    assert.deepEqual(world.journalled, []);
    assert.equal(world.system.timers, 0);
  }, { onPoint });
});

Deno.test("daemon that ends while the disk is full leaves no work behind", async () => {
  const { full, onPoint } = disk();
  await LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    full.now = true;
    const ended = world.leases.end(() => false);
    await world.ends();
    await ended;
    assert.equal(world.system.timers, 0);
  }, { onPoint });
});
