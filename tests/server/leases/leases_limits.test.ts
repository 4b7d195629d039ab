import assert from "node:assert/strict";
import { Cooldown } from "../../../lib/server/leases/cooldown.ts";
import { alice, rotatingDoor } from "../knocks/rotation/rotation_world.ts";
import { disk } from "./full_disk.ts";
import { ALICE, BOB, closingDoor, knock, LeasesWorld } from "./leases_world.ts";

const ssh = closingDoor();
const few = closingDoor("few", { maxOpen: 2 });

Deno.test("door that is open for max_open addresses refuses others, and says how many", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(few, "10.0.0.1");
    await world.opened(few, "10.0.0.2");
    for (let n = 3; n < 8; n++) {
      assert.equal(world.open(knock(few, `10.0.0.${n}`)), "refused");
    }
    await world.opened(ssh, "10.0.0.3");
    assert.equal(world.commands.length, 3);
    assert.deepEqual(world.lines("few: 5 refused"), []);
    await world.system.advance(1000);
    assert.equal(world.lines("few: 5 refused: it is open for 2 addresses").length, 1);
    // Who has a place keeps it, and one that is given back is free.
    assert.equal(world.open(knock(few, "10.0.0.1")), "extended");
    const closed = world.leases.close(({ ip }) => ip === "10.0.0.2", "test");
    await world.ends();
    await closed;
    assert.equal(world.open(knock(few, "10.0.0.9")), "opened");
  }));

Deno.test("refusal for max_open spends what was knocked with", () =>
  LeasesWorld.run(async (world) => {
    const door = {
      ...rotatingDoor("ssh", [alice]),
      start: ssh.start!,
      stop: ssh.stop!,
      maxOpen: 1,
    };
    await world.opened(door, BOB);
    const opening = knock(door, ALICE, { client: alice, counter: 7 });
    assert.equal(world.open(opening), "refused");
    assert.equal(world.isSpent(opening), true);
    world.open(opening);
    assert.equal(world.lines("used already").length, 1);
  }));

Deno.test("door that is being closed opens anew in its own place", () =>
  LeasesWorld.run(async (world) => {
    const one = closingDoor("one", { maxOpen: 1 });
    await world.opened(one);
    await world.system.advance(10_000);
    assert.equal(world.open(knock(one)), "waits");
    assert.equal(world.open(knock(one, BOB)), "refused");
    await world.ends();
    assert.equal(world.command.argv[0], "open-one");
    await world.ends();
    assert.equal(world.open(knock(one, BOB)), "refused");
  }));

Deno.test("door that a full disk keeps from opening anew gives its place back", () => {
  const { full, onPoint } = disk();
  return LeasesWorld.run(async (world) => {
    const one = closingDoor("one", { maxOpen: 1 });
    await world.opened(one);
    await world.system.advance(10_000);
    world.open(knock(one));
    full.now = true;
    await world.ends();
    assert.equal(world.lines("refused: ").length, 1, "it waited, and can't open");
    full.now = false;
    await world.system.advance(10_000);
    assert.equal(world.open(knock(one, BOB)), "opened");
    await world.ends();
  }, { onPoint });
});

Deno.test("door opens a hundred times a second, and other doors all the while", () =>
  LeasesWorld.run(async (world) => {
    const { stop: _, ...plain } = closingDoor("plain");
    for (const door of [ssh, plain]) {
      for (let n = 0; n < 150; n++) {
        const answer = world.open(knock(door, `10.4.0.${n}`));
        assert.equal(answer, n < 100 ? "opened" : "refused");
      }
    }
    assert.equal(world.open(knock(ssh, "10.4.0.1")), "extended");
    await world.system.advance(1000);
    assert.equal(world.lines("50 refused: it opens 100 times a second").length, 2);
    assert.equal(world.open(knock(ssh, "10.4.0.101")), "opened");
  }));

Deno.test("what was knocked at another machine meets no limit but max_open again", () =>
  LeasesWorld.run(async (world) => {
    const kept = closingDoor("kept", { maxOpen: 151, cooldown: 60 });
    const open = (ip: string, elsewhere = false) =>
      world.open(knock(kept, ip, { elsewhere }));
    await world.opened(kept);
    const closed = world.leases.close(() => true, "test");
    await world.ends();
    await closed;
    assert.equal(open(ALICE), "cooling");
    assert.equal(open(ALICE, true), "opened");
    for (let n = 1; n < 150; n++) assert.equal(open(`10.4.0.${n}`, true), "opened");
    assert.equal(open(BOB), "opened", "they count for nobody here");
    assert.equal(open("10.4.0.150", true), "refused");
  }));

Deno.test("knock within the cooldown extends an open door and never runs its command", () =>
  LeasesWorld.run(async (world) => {
    const door = closingDoor("ssh", { again: "run", cooldown: 60 });
    world.open(knock(door));
    assert.equal(world.open(knock(door)), "extended");
    await world.ends();
    assert.equal(world.open(knock(door)), "extended");
    assert.equal(world.commands.length, 1);
    await world.system.advance(10_000);
    assert.equal(world.open(knock(door)), "cooling");
    await world.ends();
    assert.deepEqual(world.leases.list(), []);
    assert.equal(world.open(knock(door)), "cooling");
    assert.equal(world.commands.length, 2);
    assert.deepEqual(world.tally.ofDoor("ssh").failed, { cooldown: 2 });
    await world.system.advance(60_000);
    assert.equal(world.open(knock(door)), "opened");
  }));

Deno.test("knock within the cooldown is spent", () =>
  LeasesWorld.run(async (world) => {
    const door = { ...rotatingDoor("ssh", [alice]), start: ssh.start!, cooldown: 60 };
    const with_ = (counter: number) => knock(door, ALICE, { client: alice, counter });
    assert.equal(world.open(with_(7)), "opened");
    assert.equal(world.open(with_(8)), "cooling");
    assert.equal(world.isSpent(with_(8)), true);
    await world.ends();
  }));

Deno.test("cooldown of a door is not forgotten because of another door's flood", () => {
  const cooldown = new Cooldown();
  const [slow, busy] = [
    closingDoor("slow", { cooldown: 600 }),
    closingDoor("busy", { cooldown: 600 }),
  ];
  cooldown.begin(slow, ALICE, 0);
  for (let n = 0; n < 5000; n++) cooldown.begin(busy, `10.1.${n >> 8}.${n % 256}`, 1);
  assert.equal(cooldown.holds(slow, ALICE, 599_999), true);
  assert.equal(cooldown.holds(slow, ALICE, 600_000), false);
  assert.equal(cooldown.holds(busy, "10.1.0.0", 2), false, "memory is bounded");
});
