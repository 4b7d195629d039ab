import assert from "node:assert/strict";
import { settle } from "../fake_system.ts";
import { ALICE, closingDoor, knock, LeasesWorld } from "./leases_world.ts";

const ssh = closingDoor();
const open = `open-ssh ${ALICE}`;
const close = `close-ssh ${ALICE}`;

Deno.test("lease in doubt is tried three times when the daemon ends, and is over", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    await world.restart();
    await world.ends(1);
    const ended = world.leases.end(() => false);
    await settle();
    for (let tries = 0; tries < 3; tries++) {
      await world.ends(1);
      await world.system.advance(300);
    }
    await ended;
    assert.deepEqual(world.commands, [close, close, close, close]);
    assert.deepEqual(world.journalled, []);
    assert.deepEqual(world.lines("LEFT OPEN"), []);
    assert.equal(world.lines("may be closed already").length, 1);
  }));

Deno.test("knock that waits for a door to close is dropped when the daemon ends", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    world.open(knock(ssh));
    const ended = world.leases.end(() => false);
    await world.ends();
    await ended;
    assert.deepEqual(world.commands, [open, close]);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("knock that is queued for a start command is dropped when the daemon ends", () =>
  LeasesWorld.run(async (world) => {
    const running = closingDoor("ssh", { again: "run" });
    world.open(knock(running));
    world.open(knock(running));
    const ended = world.leases.end(() => false);
    await world.ends();
    await world.ends();
    await ended;
    assert.deepEqual(world.commands, [open, close]);
  }));

Deno.test("door that stays open beyond the daemon is closed, if nothing on disk promises it", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    const ended = world.leases.end(() => true);
    await settle();
    await world.ends();
    await ended;
    assert.deepEqual(world.commands, [open, close]);
  }, { inMemory: true }));

Deno.test("start command of a kept door that fails when the daemon ends is undone", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    const ended = world.leases.end(() => true);
    await world.ends(1);
    assert.deepEqual(world.commands, [open, close]);
    await world.ends(1);
    await world.system.advance(300);
    await world.ends();
    await ended;
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("door of several starts is closed as often when the daemon ends", () =>
  LeasesWorld.run(async (world) => {
    const running = closingDoor("ssh", { again: "run" });
    await world.opened(running);
    await world.opened(running);
    const ended = world.leases.end(() => false);
    await settle();
    await world.ends();
    await world.ends();
    await ended;
    assert.deepEqual(world.commands, [open, open, close, close]);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("start command whose turn comes because the one before is cancelled never runs", () =>
  LeasesWorld.run(async (world) => {
    const { stop: _, ...away } = closingDoor("away");
    for (const door of [away, ssh, away]) world.open(knock(door));
    await world.system.advance(4000);
    world.open(knock(closingDoor("web")));
    const ended = world.leases.end(() => false);
    await settle();
    world.system.processes.slice(0, 2).forEach((process) => process.end());
    await world.system.advance(0);
    await world.ends();
    await ended;
    assert.deepEqual(world.commands.slice(2), [close]);
    assert.deepEqual(world.journalled, []);
  }, { concurrency: 3 }));
