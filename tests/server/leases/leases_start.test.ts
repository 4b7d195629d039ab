import assert from "node:assert/strict";
import { ALICE, CLASSIC, closingDoor, knock, LeasesWorld } from "./leases_world.ts";

const ssh = closingDoor();
const classic = closingDoor("ssh", CLASSIC);
const open = `open-ssh ${ALICE}`;
const close = `close-ssh ${ALICE}`;

/** Ways in which a start command fails, and what is said of them. */
const FAILURES: [
  how: string,
  words: string,
  end: (world: LeasesWorld) => Promise<void>,
][] = [
  ["ends with 1", "ended with 1", (world) => world.ends(1)],
  ["ends with 127", "ended with 127", (world) => world.ends(127)],
  ["is killed", "was ended by SIGKILL", async (world) => {
    world.command.end({ code: 137, signal: "SIGKILL" });
    await world.system.advance(0);
  }],
  ["takes too long", "was killed, it took too long", async (world) => {
    await world.system.advance(32_000);
    await world.ends(143);
  }],
];

for (const [how, words, end] of FAILURES) {
  Deno.test(`start command that ${how} has its door closed at once, three times at most`, () =>
    LeasesWorld.run(async (world) => {
      const door = closingDoor("ssh", { cmdTimeout: 600 });
      world.open(knock(door));
      await end(world);
      assert.equal(world.leases.list()[0]?.failed, words);
      for (let tries = 1; tries <= 3; tries++) {
        assert.deepEqual(world.commands, [open, ...Array(tries).fill(close)]);
        await world.ends(1);
        await world.system.advance(1000);
      }
      assert.equal(world.commands.length, 4);
      assert.equal(world.lines(`the start command ${words}, closing`).length, 1);
      assert.equal(world.lines("may be closed already").length, 1);
      assert.deepEqual(world.lines("STILL OPEN"), []);
      assert.deepEqual(world.leases.list(), []);
      assert.deepEqual(world.journalled, []);
      assert.equal(world.tally.numbers.openings.at(-1)?.failed, words);
      await world.restart();
      assert.deepEqual(world.commands, []);
      world.open(knock(door));
      assert.deepEqual(world.commands, [open]);
    }));
}

for (const [how, words, end] of FAILURES) {
  Deno.test(`start command that ${how} is told of where nothing closes the door, too`, () =>
    LeasesWorld.run(async (world) => {
      const { stop: _, ...door } = closingDoor("ssh");
      world.open(knock(door));
      await end(world);
      assert.equal(world.tally.numbers.openings.at(-1)?.failed, words);
    }));
}

Deno.test("start command that can't be run has its door closed, in doubt", () =>
  LeasesWorld.run(async (world) => {
    world.system.refuse = (program) =>
      program === "open-ssh" ? new Deno.errors.NotFound() : undefined;
    world.open(knock(ssh));
    await world.system.advance(0);
    assert.deepEqual(world.commands, [close]);
    await world.ends();
    assert.deepEqual(world.leases.list(), []);
  }));

Deno.test("failed start whose stop command succeeds is over", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    await world.ends(1);
    await world.ends(0);
    assert.deepEqual(world.commands, [open, close]);
    assert.deepEqual(world.leases.list(), []);
    assert.deepEqual(world.lines("may be closed already"), []);
  }));

Deno.test("knock while a failed start is undone opens anew after it", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    await world.ends(1);
    assert.equal(world.open(knock(ssh)), "waits");
    await world.ends(0);
    assert.deepEqual(world.commands, [open, close, open]);
  }));

Deno.test("what a start command of knockd.conf ends with changes nothing", () =>
  LeasesWorld.run(async (world) => {
    for (const end of [1, { code: 137, signal: "SIGKILL" }]) {
      world.open(knock(classic));
      world.command.end(end);
      await world.system.advance(9999);
      assert.equal(world.commands.at(-1), open);
      await world.system.advance(1);
      assert.equal(world.commands.at(-1), close);
      await world.ends();
      assert.deepEqual(world.leases.list(), []);
    }
  }));

for (const code of [126, 127]) {
  Deno.test(`start command of knockd.conf that ends with ${code} could not run: it has failed`, () =>
    LeasesWorld.run(async (world) => {
      world.open(knock(classic));
      await world.ends(code);
      for (let tries = 0; tries < 3; tries++) {
        await world.ends(1);
        await world.system.advance(1000);
      }
      assert.equal(world.commands.length, 4);
      assert.deepEqual(world.leases.list(), []);
    }));
}

Deno.test("start command of knockd.conf has no time limit", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(classic));
    await world.system.advance(1e7);
    assert.deepEqual(world.command.signals, []);
    assert.deepEqual(world.commands, [open]);
    await world.ends();
    assert.deepEqual(world.commands, [open, close]);
  }));

Deno.test("command that is killed before it is through leaves a line on what it left", () =>
  LeasesWorld.run(async (world) => {
    const { stop: _, ...plain } = ssh;
    world.open(knock(plain));
    await world.system.advance(32_000);
    await world.ends(143);
    assert.equal(world.lines("a stop_command, or command_timeout = 0").length, 1);
  }));

Deno.test("command of a knockd.conf that the daemon's end cuts short is not told of a time limit", () =>
  LeasesWorld.run(async (world) => {
    const { stop: _, ...plain } = classic;
    world.open(knock(plain));
    world.runner.hurry();
    await world.system.advance(32_000);
    await world.ends(143);
    assert.equal(world.lines("give the door a stop_command").length, 1);
    assert.equal(world.lines("command_timeout").length, 0);
  }));
