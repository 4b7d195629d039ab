import assert from "node:assert/strict";
import { settle } from "../fake_system.ts";
import { withElements } from "./elements_in_memory.ts";
import { ALICE, BOB, closingDoor, knock } from "./leases_world.ts";

const both = closingDoor("kernel");
const { start: _, stop: __, ...alone } = both;

Deno.test("door of the kernel's alone opens, is extended and closes without a command or a row", () =>
  withElements(async (world, elements) => {
    assert.equal(world.open(knock(alone)), "opened");
    assert.deepEqual(elements.list, [`kernel ${ALICE} 10000`]);
    assert.deepEqual(world.journalled, []);
    await world.system.advance(5000);
    assert.equal(world.open(knock(alone)), "extended");
    assert.equal(world.leases.list()[0]?.left, 10_000);
    await world.system.advance(10_000);
    assert.deepEqual(elements.list, []);
    assert.deepEqual(world.leases.list(), []);
    assert.deepEqual(world.commands, []);
    assert.equal(world.system.timers, 0);
  }));

Deno.test("element is there before the start command and gone before the stop command", () =>
  withElements(async (world, elements) => {
    world.open(knock(both));
    assert.deepEqual(elements.list, [`kernel ${ALICE} 10000`]);
    assert.deepEqual(world.commands, [`open-kernel ${ALICE}`]);
    await world.ends();
    assert.deepEqual(world.journalled, [`kernel ${ALICE} open`]);
    await world.system.advance(10_000);
    assert.deepEqual(elements.list, []);
    assert.equal(world.commands.length, 2);
    await world.ends();
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("element that fails refuses the knock, and nothing runs", () =>
  withElements(async (world, elements) => {
    elements.broken = true;
    const answer = world.open(knock(both));
    assert.equal(answer, "refused");
    assert.equal(world.lines("refused: the set is full").length, 1);
    assert.deepEqual(world.lines("OPEN SESAME"), []);
    await world.system.advance(0);
    assert.deepEqual(world.commands, []);
    assert.deepEqual(world.journalled, []);
    assert.deepEqual(world.leases.list(), []);
    elements.broken = false;
    assert.equal(world.open(knock(both)), "opened");
  }));

Deno.test("element goes before a failed start is undone", () =>
  withElements(async (world, elements) => {
    world.open(knock(both));
    await world.ends(1);
    assert.deepEqual(elements.list, []);
    assert.equal(world.commands.length, 2);
    await world.ends();
    assert.deepEqual(world.leases.list(), []);
  }));

Deno.test("element of a door that a dead daemon was in the middle of opening goes at once", () =>
  withElements(async (world, elements) => {
    world.open(knock(both));
    await world.restart(1000);
    elements.stuck = new Error("no memory");
    world.leases.adopt(both, ALICE, world.system.monotonic() + 9000);
    await world.ends();
    assert.equal(world.leases.list().length, 1, "what is open still is listed");
    elements.stuck = undefined;
    await world.system.advance(10_000);
    assert.deepEqual(elements.list, []);
    assert.deepEqual(world.commands, [`close-kernel ${ALICE}`]);
    assert.deepEqual(world.leases.list(), []);
  }));

Deno.test("element that was found open is a lease like any other, of a client unknown", () =>
  withElements(async (world, elements) => {
    elements.put([{ door: "kernel", ip: BOB, ms: 4000 }]);
    world.leases.adopt(alone, BOB, world.system.monotonic() + 4000);
    assert.equal(world.leases.list()[0]?.left, 4000);
    assert.equal(world.open(knock(alone, BOB)), "extended");
    const closed = world.leases.close(({ ip }) => ip === BOB, "test");
    assert.equal(await closed, 1);
    assert.deepEqual(elements.list, []);
  }));

Deno.test("door of the kernel's that is kept stays when the daemon ends, others go", () =>
  withElements(async (world, elements) => {
    world.open(knock(alone));
    world.open(knock(alone, BOB));
    await world.leases.end(({ ip }) => ip === ALICE);
    await settle();
    assert.deepEqual(elements.list, [`kernel ${ALICE} 10000`]);
  }));

Deno.test("element that a reload took away ends its lease; the others' stay", () =>
  withElements(async (world, elements) => {
    world.open(knock(alone));
    world.open(knock(alone, BOB));
    elements.take([{ door: "kernel", ip: ALICE }]);
    world.leases.reload([alone]);
    await settle();
    assert.deepEqual(world.leases.list().map(({ ip }) => ip), [BOB]);
  }));

Deno.test("element that a restart finds beside a row is closed with what the row promised", () =>
  withElements(async (world, elements) => {
    await world.opened(both);
    await world.restart();
    world.leases.adopt(both, ALICE, world.system.monotonic() + 9000);
    world.leases.reload([both]);
    await settle();
    assert.equal(world.leases.list().length, 1);
    void world.leases.close(() => true, "test");
    await settle();
    assert.deepEqual(elements.list, []);
    assert.deepEqual(world.commands, [`close-kernel ${ALICE}`]);
  }));

const MANY = Array.from({ length: 40 }, (_, n) => `10.1.0.${n}`);

Deno.test("many doors of the kernel's open, and are extended, by one word to the kernel", () =>
  withElements((world, elements) => {
    const all = MANY.map((ip) => knock(alone, ip));
    for (const kind of ["opened", "extended"]) {
      const answers = world.leases.openAll(all);
      assert.deepEqual(new Set(answers), new Set([kind]));
    }
    assert.equal(elements.puts, 2);
    assert.equal(elements.open.size, 40);
    assert.equal(world.leases.list().length, 40);
    return Promise.resolve();
  }));

Deno.test("one whom the kernel can't let pass keeps none of the others out", () =>
  withElements((world, elements) => {
    elements.unlucky = MANY[7]!;
    const answers = world.leases.openAll(MANY.map((ip) => knock(alone, ip)));
    const refused = answers.flatMap((answer, n) => answer === "opened" ? [] : n);
    assert.deepEqual(refused, [7]);
    assert.equal(elements.open.size, 39);
    assert.equal(world.leases.list().length, 39);
    return Promise.resolve();
  }));

Deno.test("knocks of one address on several doors open them by one word, closing ones apart", () =>
  withElements((world, elements) => {
    const [ssh, web] = ["kernel a", "kernel b"].map((name) => ({ ...alone, name }));
    const shut = closingDoor("shut", { closes: ["kernel a", "kernel b"] });
    world.leases.openAll([knock(ssh!), knock(web!)]);
    assert.deepEqual([elements.puts, elements.open.size], [1, 2]);
    world.leases.openAll([knock(web!), knock(shut), knock(ssh!)]);
    assert.deepEqual(elements.list, [`kernel a ${ALICE} 10000`]);
    assert.deepEqual(world.leases.list().map(({ door }) => door), ["shut", "kernel a"]);
    return Promise.resolve();
  }));

Deno.test("thousands that close together are a word to the kernel and a hundred lines", () =>
  withElements(async (world, elements) => {
    const doors = ["kernel a", "kernel b"].map((name) => ({ ...alone, name }));
    for (let n = 0; n < 2000; n++) {
      const ip = `10.3.${n >> 8}.${n & 255}`;
      elements.put([{ door: doors[n % 2]!.name, ip, ms: 9000 }]);
      world.leases.adopt(doors[n % 2]!, ip, world.system.monotonic() + 9000);
    }
    assert.equal(await world.leases.close(() => true, "closed by hand"), 2000);
    assert.deepEqual([elements.list, elements.takes], [[], 1]);
    assert.deepEqual(world.leases.list(), []);
    assert.equal(world.system.timers, 0);
    const said = world.lines("closed by hand, closing");
    assert.equal(said.length, 102);
    assert.deepEqual(said.slice(100), [
      "kernel a: 950 more: closed by hand, closing",
      "kernel b: 950 more: closed by hand, closing",
    ]);
  }));

Deno.test("of many that close together those with commands run them, and none is left", () =>
  withElements(async (world, elements) => {
    await world.opened(both);
    for (let n = 0; n < 50; n++) world.open(knock(alone, `10.3.0.${n}`));
    const closed = world.leases.close(() => true, "closed by hand");
    assert.deepEqual(elements.list, []);
    assert.deepEqual(world.leases.list().map(({ ip }) => ip), [ALICE]);
    assert.equal(world.commands.at(-1), `close-kernel ${ALICE}`);
    await world.ends();
    assert.equal(await closed, 51);
    assert.deepEqual(world.journalled, []);
  }));
