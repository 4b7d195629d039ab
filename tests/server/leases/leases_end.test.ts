import assert from "node:assert/strict";
import { settle } from "../fake_system.ts";
import { ALICE, BOB, closingDoor, knock, LeasesWorld } from "./leases_world.ts";

const ssh = closingDoor();
const kept = closingDoor("web", { onExit: "keep" });
const open = `open-ssh ${ALICE}`;
const close = `close-ssh ${ALICE}`;

/** Ends as the daemon does; the result tells when it is through. */
function end(world: LeasesWorld): { done: boolean } {
  const state = { done: false };
  world.leases.end(({ door }) => door === "web")
    .then(() => world.runner.drain())
    .then(() => void (state.done = true));
  return state;
}

Deno.test("daemon that ends closes its doors at once and opens none any more", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.opened(ssh, BOB);
    const state = end(world);
    await settle();
    assert.deepEqual(world.commands.slice(2), [close, `close-ssh ${BOB}`]);
    world.open(knock(ssh));
    world.open(knock(ssh, "10.0.0.3"));
    assert.equal(state.done, false);
    world.system.processes.slice(2).forEach((process) => process.end());
    await settle();
    assert.equal(state.done, true);
    assert.equal(world.commands.length, 4);
    assert.deepEqual(world.journalled, []);
    await world.system.advance(0);
    assert.equal(world.system.timers, 0);
  }));

Deno.test("door with on_exit = keep stays open, and the next daemon closes it in its time", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(kept);
    await world.opened(ssh);
    await world.system.advance(4000);
    const state = end(world);
    await settle();
    await world.ends();
    assert.deepEqual(world.commands.slice(2), [close]);
    assert.equal(state.done, true);
    assert.equal(world.system.timers, 0);
    await world.system.advance(20_000);
    assert.equal(world.commands.length, 3);
    await world.restart(-15_000);
    assert.equal(world.leases.list()[0]?.left, 1000);
    await world.system.advance(1000);
    assert.deepEqual(world.commands, [`close-web ${ALICE}`]);
    await world.ends();
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("door with on_exit = keep that is being closed is closed", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(kept);
    await world.system.advance(10_000);
    await world.ends(1);
    const state = end(world);
    await settle();
    await world.ends();
    assert.equal(state.done, true);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("start command that runs when the daemon ends is awaited, then its door closes", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    const state = end(world);
    await world.system.advance(9999);
    assert.deepEqual(world.commands, [open]);
    await world.ends();
    assert.deepEqual(world.commands, [open, close]);
    await world.ends();
    assert.equal(state.done, true);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("start command of a kept door that runs when the daemon ends is noted", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(kept));
    const state = end(world);
    await settle();
    assert.equal(state.done, false);
    await world.ends();
    assert.equal(state.done, true);
    assert.deepEqual(world.journalled, [`web ${ALICE} open`]);
    assert.equal(world.commands.length, 1);
  }));

Deno.test("start command that waits when the daemon ends never runs, and its lease is gone", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    world.open(knock(ssh, BOB));
    const state = end(world);
    await world.system.advance(0);
    assert.deepEqual(world.journalled, [`ssh ${ALICE} opening`]);
    await world.ends();
    await world.ends();
    assert.deepEqual(world.commands, [open, close]);
    assert.equal(state.done, true);
    assert.deepEqual(world.journalled, []);
  }, { concurrency: 1 }));

Deno.test("start command that hangs when the daemon ends is killed after ten seconds", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    await world.system.advance(5000);
    const state = end(world);
    await world.system.advance(9999);
    assert.deepEqual(world.command.signals, []);
    await world.system.advance(1);
    assert.deepEqual(world.command.signals, ["SIGTERM"]);
    await world.system.advance(2000);
    await world.ends(137);
    await world.ends();
    assert.deepEqual(world.commands, [open, close]);
    assert.equal(state.done, true);
  }));

Deno.test("daemon ends within 80 seconds though a command can't be killed", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    world.open(knock(ssh, BOB));
    const state = end(world);
    await world.system.advance(80_000);
    assert.equal(state.done, true);
    assert.deepEqual(world.command.signals, ["SIGTERM", "SIGKILL"]);
    const left = [`ssh ${ALICE} open 1`, `ssh ${BOB} closing`];
    assert.deepEqual(world.journalled, left);
  }));

Deno.test("stop command that waits to be tried again is tried at once when the daemon ends", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    for (const seconds of [1, 2, 4, 8]) {
      await world.ends(1);
      await world.system.advance(seconds * 1000);
    }
    await world.ends(1);
    const state = end(world);
    await settle();
    for (let tries = 1; tries <= 3; tries++) {
      assert.equal(world.commands.length, 1 + 5 + tries);
      await world.ends(1);
      await world.system.advance(300);
    }
    assert.equal(state.done, true);
    assert.equal(world.lines("LEFT OPEN").length, 1);
    assert.deepEqual(world.journalled, [`ssh ${ALICE} open 8`]);
    await world.restart();
    assert.deepEqual(world.commands, [close]);
    await world.ends();
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("stop command that fails when the daemon ends is tried three times", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    const state = end(world);
    await settle();
    for (let tries = 1; tries <= 3; tries++) {
      assert.equal(world.commands.length, 1 + tries);
      await world.ends(1);
      await world.system.advance(300);
    }
    assert.equal(state.done, true);
    assert.equal(world.commands.length, 4);
    assert.equal(world.lines("LEFT OPEN").length, 1);
    assert.deepEqual(world.journalled, [`ssh ${ALICE} open 3`]);
  }));

Deno.test("daemon ends within 80 seconds though every stop command hangs", () =>
  LeasesWorld.run(async (world) => {
    for (let n = 0; n < 250; n++) {
      if (n % 100 === 0) await world.system.advance(1000);
      await world.opened(ssh, `10.2.0.${n}`);
    }
    const state = end(world);
    const started = world.system.monotonic();
    while (!state.done) {
      await world.system.advance(100);
      for (const process of world.system.processes) {
        if (process.signals.includes("SIGKILL")) process.end(137, "stays open");
      }
      assert.ok(world.system.monotonic() - started < 80_000, "it takes too long");
    }
    assert.equal(world.lines("LEFT OPEN").length, 250);
    assert.equal(world.journalled.length, 250);
    assert.equal(world.system.timers, 0);
  }));
