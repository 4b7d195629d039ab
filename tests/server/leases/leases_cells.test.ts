/** Cells of the table of states and events that no other file is about. */
import assert from "node:assert/strict";
import { settle } from "../fake_system.ts";
import { alice, rotatingDoor } from "../knocks/rotation/rotation_world.ts";
import { withElements } from "./elements_in_memory.ts";
import { disk } from "./full_disk.ts";
import { ALICE, BOB, closingDoor, knock, LeasesWorld } from "./leases_world.ts";

const ssh = closingDoor();
const running = closingDoor("ssh", { again: "run" });
const open = `open-ssh ${ALICE}`;
const close = `close-ssh ${ALICE}`;
const { start: _, stop: __, ...kernel } = closingDoor("kernel");

Deno.test("knocks that run the start command again have one time, counted from the last", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(running);
    await world.system.advance(6000);
    await world.opened(running);
    await world.system.advance(9999);
    assert.deepEqual(world.commands, [open, open]);
    await world.system.advance(1);
    assert.deepEqual(world.commands.slice(2), [close]);
    await world.ends();
    await world.ends();
  }));

Deno.test("limits do not count who has a lease that still opens, closes or waits", () =>
  LeasesWorld.run(async (world) => {
    const one = closingDoor("one", { maxOpen: 1 });
    world.open(knock(one));
    for (let n = 0; n < 150; n++) {
      assert.equal(world.open(knock(one)), "extended", "while it opens");
    }
    await world.ends();
    await world.system.advance(10_000);
    for (let n = 0; n < 150; n++) {
      assert.equal(world.open(knock(one)), "waits", "while it closes");
    }
    await world.ends();
    assert.equal(world.command.argv[0], "open-one");
    await world.ends();
  }));

for (
  const [what, changed] of [
    ["label", { ...rotatingDoor("ssh", [alice]), label: "other" }],
    ["stop command", closingDoor("ssh", { stop: { ipv4: ["new-close", "%IP%"] } })],
  ] as const
) {
  Deno.test(`lease whose door gets another ${what} while it opens closes when that is over`, () =>
    LeasesWorld.run(async (world) => {
      const before = what === "label"
        ? { ...rotatingDoor("ssh", [alice]), start: ssh.start!, stop: ssh.stop! }
        : ssh;
      world.open(knock(before, ALICE, { client: alice, counter: 7 }));
      world.leases.reload([{ start: ssh.start!, stop: ssh.stop!, ...changed }]);
      await settle();
      assert.deepEqual(world.commands, [open]);
      await world.ends();
      assert.deepEqual(world.commands, [open, close], "by what was promised");
      await world.ends();
      assert.deepEqual(world.leases.list(), []);
    }));
}

Deno.test("reload lets a lease that closes go on by what was promised", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    await world.ends(1);
    world.leases.reload([closingDoor("ssh", { stop: { ipv4: ["new-close", "%IP%"] } })]);
    await world.system.advance(1000);
    assert.deepEqual(world.commands, [open, close, close]);
    await world.ends();
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("lease that was closing when the machine was restarted is in doubt", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    await world.ends(1);
    world.bootId = "second";
    await world.restart();
    for (let tries = 1; tries <= 3; tries++) {
      assert.deepEqual(world.commands, Array(tries).fill(close));
      await world.ends(1);
      await world.system.advance(1000);
    }
    assert.equal(world.commands.length, 3);
    assert.deepEqual(world.lines("STILL OPEN"), []);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("element that was found open takes one of max_open's places", () =>
  withElements((world) => {
    const one = { ...kernel, maxOpen: 1 };
    world.leases.adopt(one, BOB, world.system.monotonic() + 4000);
    assert.equal(world.open(knock(one)), "refused");
    assert.equal(world.open(knock(one, BOB)), "extended");
    return Promise.resolve();
  }));

Deno.test("a full disk shuts doors that promise or spend, and none that the kernel closes", async () => {
  const { full, onPoint } = disk();
  await withElements(async (world, elements) => {
    full.now = true;
    const rotating = { ...kernel, ...rotatingDoor("kernel-otp", [alice]) };
    const both = closingDoor("kernel-both");
    const answers = [
      knock(kernel),
      knock(rotating, ALICE, { client: alice, counter: 7 }),
      knock(both),
      knock(ssh),
    ].map((opening) => world.open(opening));
    assert.deepEqual(answers, ["opened", "refused", "refused", "refused"]);
    assert.deepEqual(elements.list, [`kernel ${ALICE} 10000`]);
    assert.deepEqual(world.commands, []);
    await world.system.advance(10_000);
    assert.deepEqual(elements.list, []);
  }, { onPoint });
});

Deno.test("a disk that fills up while a door opens keeps it from nothing but its row", async () => {
  const { full, onPoint } = disk();
  await LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    full.now = true;
    await world.system.advance(5000);
    assert.equal(world.open(knock(ssh)), "extended");
    await world.ends();
    await world.system.advance(9999);
    assert.deepEqual(world.commands, [open]);
    await world.system.advance(1);
    await world.ends();
    assert.deepEqual(world.commands, [open, close]);
    assert.equal(world.lines("the disk is full").length, 1);
    full.now = false;
    await world.system.advance(10_000);
    assert.deepEqual(world.journalled, []);
  }, { onPoint });
});

Deno.test("journal that is taken away shuts one-time doors, and others open without a promise", () =>
  LeasesWorld.run(async (world) => {
    await Deno.rename(world.directory, `${world.directory}.away`);
    const rotating = {
      ...rotatingDoor("otp", [alice]),
      start: ssh.start!,
      stop: ssh.stop!,
    };
    const once = knock(rotating, ALICE, { client: alice, counter: 7 });
    assert.equal(world.open(once), "refused");
    await world.opensAndClosesTwice();
  }));
