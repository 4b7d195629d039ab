import assert from "node:assert/strict";
import { Failure } from "../../../lib/core/failure.ts";
import { settle } from "../fake_system.ts";
import { type FakeElements, withElements } from "./elements_in_memory.ts";
import { ALICE, BOB, closingDoor, knock, type LeasesWorld } from "./leases_world.ts";

const both = closingDoor("kernel");
const { start: _, stop: __, ...alone } = both;
const BROKEN = new Failure("the kernel's firewall: no memory");
const OWN_FAULT = new TypeError("x is not a function");

/** A door of the kernel's that somebody closes two seconds after a knock, in vain. */
async function stuck(world: LeasesWorld, elements: FakeElements, fault: Error = BROKEN) {
  world.open(knock(alone));
  await world.system.advance(2000);
  elements.stuck = fault;
  let closed = false;
  const wait = world.leases.close(() => true, "test").then(() => closed = true);
  await settle();
  return { isClosed: () => closed, wait };
}

for (const fault of [BROKEN, OWN_FAULT]) {
  Deno.test(`door that the kernel does not close is said to be open, and tried until it is not (${fault.name})`, () =>
    withElements(async (world, elements) => {
      const { isClosed } = await stuck(world, elements, fault);
      await world.system.advance(3000);
      assert.deepEqual(elements.list, [`kernel ${ALICE} 10000`]);
      assert.deepEqual(
        world.leases.list().map(({ stage, left, failures }) => [stage, left, failures]),
        [["closing", 0, 3]],
      );
      assert.equal(isClosed(), false);
      const [line = "", ...others] = world.lines("STILL OPEN");
      assert.match(line, /closes it by itself in 9 s at most$/);
      assert.ok(line.includes(fault.message), line);
      assert.deepEqual(others, []);
      elements.stuck = undefined;
      await world.system.advance(4000);
      assert.deepEqual(elements.list, []);
      assert.deepEqual(world.leases.list(), []);
      assert.equal(isClosed(), true);
      assert.equal(world.lines("kernel: closed").length, 1);
      assert.equal(world.system.timers, 0);
    }));
}

Deno.test("door that the kernel never closes is over when the kernel's own time for it is", () =>
  withElements(async (world, elements) => {
    await stuck(world, elements);
    await world.system.advance(8900);
    assert.equal(world.leases.list().length, 1);
    await world.system.advance(200);
    assert.deepEqual(world.leases.list(), []);
    assert.equal(world.system.timers, 0);
  }));

Deno.test("whoever knocks while the kernel does not close has a lease anew, and it is not taken", () =>
  withElements(async (world, elements) => {
    const { isClosed } = await stuck(world, elements);
    assert.equal(world.open(knock(alone)), "opened");
    await settle();
    assert.equal(isClosed(), true, "the lease before is over");
    elements.stuck = undefined;
    await world.system.advance(9900);
    assert.deepEqual(elements.list, [`kernel ${ALICE} 10000`]);
    assert.equal(world.leases.list().length, 1);
    await world.system.advance(200);
    assert.deepEqual(elements.list, []);
    assert.equal(world.system.timers, 0);
  }));

Deno.test("stop command runs though the kernel does not close, and only once", () =>
  withElements(async (world, elements) => {
    await world.opened(both);
    elements.stuck = BROKEN;
    void world.leases.close(() => true, "test");
    await world.ends();
    await world.system.advance(4000);
    assert.deepEqual(world.commands, [`open-kernel ${ALICE}`, `close-kernel ${ALICE}`]);
    assert.deepEqual(world.journalled, []);
    assert.equal(world.leases.list().length, 1, "the element is there");
    elements.stuck = undefined;
    await world.system.advance(8000);
    assert.deepEqual(world.leases.list(), []);
    assert.equal(world.commands.length, 2);
  }));

Deno.test("knock that waited for the stop command opens anew though the kernel did not close", () =>
  withElements(async (world, elements) => {
    await world.opened(both);
    elements.stuck = BROKEN;
    await world.system.advance(10_000);
    assert.equal(world.open(knock(both)), "waits");
    await world.ends();
    assert.equal(world.commands.length, 3);
    await world.ends();
    elements.stuck = undefined;
    assert.deepEqual(world.leases.list().map(({ stage }) => stage), ["open"]);
    await world.system.advance(9000);
    assert.deepEqual(elements.list, [`kernel ${ALICE} 10000`]);
  }));

Deno.test("kernel that does not close is asked three times when the daemon ends, which says so", () =>
  withElements(async (world, elements) => {
    world.open(knock(alone));
    world.open(knock(alone, BOB));
    elements.stuck = BROKEN;
    const ended = world.leases.end(() => false);
    await world.system.advance(1000);
    await ended;
    assert.equal(elements.takes, 3);
    assert.equal(world.lines("LEFT OPEN: the kernel closes it by itself in ").length, 2);
    assert.equal(world.system.timers, 0);
  }));

Deno.test("hundreds that the kernel does not close are asked for together, by one timer", () =>
  withElements(async (world, elements) => {
    const door = { ...alone, maxOpen: 5000 };
    for (let n = 0; n < 500; n++) {
      if (n % 50 === 0) await world.system.advance(1000);
      world.open(knock({ ...door, cmdTimeout: 600 }, `10.1.${n >> 8}.${n & 255}`));
    }
    elements.stuck = BROKEN;
    void world.leases.close(() => true, "test");
    await world.system.advance(60_000);
    assert.ok(elements.takes < 15, `${elements.takes} times`);
    elements.stuck = undefined;
    await world.system.advance(10_000);
    assert.equal(elements.open.size, 0);
    assert.deepEqual(world.leases.list(), []);
  }));

Deno.test("fault of the program's own while the kernel opens is a refusal, and leaves no lease", () =>
  withElements(async (world, elements) => {
    elements.put = () => {
      throw OWN_FAULT;
    };
    const [one, two] = world.leases.openAll([knock(both), knock(alone, BOB)]);
    assert.deepEqual([one, two], ["refused", "refused"]);
    assert.equal(world.lines("a fault of knockd's own").length, 2);
    assert.deepEqual(world.leases.list(), []);
    await world.system.advance(0);
    assert.deepEqual(world.journalled, []);
    assert.deepEqual(world.commands, []);
  }));

Deno.test("fault in the midst of an opening closes what it opened, and takes no place of max_open", () =>
  withElements(async (world, elements) => {
    const run = world.runner.run;
    const door = { ...both, maxOpen: 1 };
    for (let n = 0; n < 3; n++) {
      world.runner.run = (job) => {
        world.runner.run = run;
        if (job.kind !== "stop") throw OWN_FAULT;
        return run.call(world.runner, job);
      };
      assert.throws(() => world.open(knock(door)), OWN_FAULT);
      await settle();
      assert.deepEqual(elements.list, []);
      await world.ends();
      assert.deepEqual(world.leases.list(), []);
      assert.deepEqual(world.journalled, []);
    }
    assert.deepEqual(world.commands, Array(3).fill(`close-kernel ${ALICE}`));
    assert.equal(world.open(knock(door)), "opened");
  }));

Deno.test("door that a fault keeps from another start closes in its time", () =>
  withElements(async (world, elements) => {
    const door = { ...both, again: "run" } as const;
    await world.opened(door);
    const { run } = world.runner;
    world.runner.run = () => {
      world.runner.run = run;
      throw OWN_FAULT;
    };
    assert.throws(() => world.open(knock(door)), OWN_FAULT);
    await world.system.advance(10_000);
    await world.ends();
    await world.ends();
    const close = `close-kernel ${ALICE}`;
    assert.deepEqual(world.commands, [`open-kernel ${ALICE}`, close, close]);
    assert.deepEqual(elements.list, []);
    assert.deepEqual(world.leases.list(), []);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("knock that the kernel refuses while it does not close leaves no lease behind", () =>
  withElements(async (world, elements) => {
    const { isClosed } = await stuck(world, elements);
    elements.broken = true;
    assert.equal(world.open(knock(alone)), "refused");
    elements.broken = false;
    elements.stuck = undefined;
    await world.system.advance(12_000);
    assert.deepEqual(elements.list, []);
    assert.deepEqual(world.leases.list(), []);
    assert.equal(isClosed(), true);
    assert.equal(world.system.timers, 0);
  }));
