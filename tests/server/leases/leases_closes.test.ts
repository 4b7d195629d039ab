import assert from "node:assert/strict";
import { settle } from "../fake_system.ts";
import { ALICE, BOB, closingDoor, knock, LeasesWorld } from "./leases_world.ts";

const ssh = closingDoor();
const open = `open-ssh ${ALICE}`;
const close = `close-ssh ${ALICE}`;
const { stop: _, start: __, ...nothing } = closingDoor("leave");
const leave = { ...nothing, closes: ["ssh"] };
const { stop: ___, ...plain } = closingDoor("away");
const away = { ...plain, closes: ["ssh"] };

Deno.test("knock closes another door for its knocker alone, and by itself opens nothing", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.opened(ssh, BOB);
    assert.equal(world.open(knock(leave)), "opened");
    assert.deepEqual(world.commands.slice(2), [close]);
    assert.equal(world.lines(`${ALICE}: ssh: knock on leave, closing`).length, 1);
    await world.ends();
    assert.deepEqual(world.journalled, [`ssh ${BOB} open`]);
    assert.equal(world.open(knock(ssh)), "opened");
    await world.ends();
  }));

Deno.test("door closes others first, then opens", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    world.open(knock(away));
    assert.deepEqual(world.commands, [open, close]);
    await world.ends();
    assert.deepEqual(world.commands, [open, close, `open-away ${ALICE}`]);
    await world.ends();
  }));

Deno.test("stop command that hangs keeps what comes after it waiting for two seconds at most", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    world.open(knock(away));
    await world.system.advance(2000);
    assert.deepEqual(world.commands, [open, close, `open-away ${ALICE}`]);
    world.system.processes.slice(1).forEach((process) => process.end());
    await world.system.advance(0);
  }));

Deno.test("knock that closes a door whose start command runs has it closed after that", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(closingDoor("ssh", { again: "run" })));
    world.open(knock(closingDoor("ssh", { again: "run" })));
    world.open(knock(leave));
    assert.deepEqual(world.commands, [open]);
    await world.ends();
    assert.deepEqual(world.commands, [open, close]);
    await world.ends();
    assert.deepEqual(world.commands, [open, close], "the queued knock is dropped");
    assert.deepEqual(world.leases.list(), []);
  }));

Deno.test("knock that closes a door that opens anew has it stay closed", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    await world.ends(1);
    world.open(knock(ssh));
    world.open(knock(leave));
    await world.ends();
    assert.deepEqual(world.commands, [open, close, close]);
    assert.deepEqual(world.leases.list(), []);
  }));

for (
  const [what, parts, age] of [
    ["its door to close", {}, 10_000],
    ["its start command", { again: "run" }, 0],
  ] as const
) {
  Deno.test(`knock that waits for ${what} closes other doors when it comes, and not later`, () =>
    LeasesWorld.run(async (world) => {
      const web = closingDoor("web", { closes: ["ssh"], ...parts });
      const endsOf = (command: string) =>
        world.system.processes.findLast(({ argv }) => argv[0] === command)!.end();
      world.open(knock(web));
      if (age > 0) endsOf("open-web");
      await world.system.advance(age);
      world.open(knock(web));
      world.open(knock(ssh));
      endsOf(age > 0 ? "close-web" : "open-web");
      await world.system.advance(0);
      await world.ends();
      const commands = world.commands.slice(-2);
      assert.deepEqual(commands.toSorted(), [`open-ssh ${ALICE}`, `open-web ${ALICE}`]);
      assert.deepEqual(world.lines("knock on web, closing"), []);
      assert.equal(world.lines("nothing to close").length, 2, "once a knock");
      await world.ends();
      await world.leases.end(() => true);
    }));
}

Deno.test("knock that closes what is not open is a line", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(leave));
    assert.equal(world.lines(`${ALICE}: ssh: nothing to close`).length, 1);
    await settle();
    assert.deepEqual(world.commands, []);
  }));

Deno.test("door closes several others", () =>
  LeasesWorld.run(async (world) => {
    const web = closingDoor("web");
    await world.opened(ssh);
    await world.opened(web);
    world.open(knock({ ...leave, closes: ["web", "ssh"] }));
    await settle();
    assert.deepEqual(world.commands.slice(2), [`close-web ${ALICE}`]);
    await world.ends();
    assert.deepEqual(world.commands.slice(3), [close]);
    await world.ends();
    assert.deepEqual(world.leases.list(), []);
  }));

Deno.test("close of nothing closes nothing", () =>
  LeasesWorld.run(async (world) => {
    assert.equal(await world.leases.close(() => true, "test"), 0);
  }));

for (
  const [what, changed] of [
    ["stop command", closingDoor("ssh", { stop: { ipv4: ["new-close", "%IP%"] } })],
    ["absence of a stop command", { ...plain, name: "ssh" }],
  ] as const
) {
  Deno.test(`lease whose door gets another ${what} closes by what was promised`, () =>
    LeasesWorld.run(async (world) => {
      await world.opened(ssh);
      world.leases.reload([changed]);
      assert.deepEqual(world.commands, [open, close]);
      assert.equal(world.lines("its stop command has changed, closing").length, 1);
      await world.ends();
      assert.deepEqual(world.journalled, []);
    }));
}

Deno.test("reload that changes nothing of a door leaves its leases alone", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    world.leases.reload([closingDoor("ssh", { cmdTimeout: 99 })]);
    assert.deepEqual(world.commands, [open]);
    await world.system.advance(10_000);
    assert.deepEqual(world.commands, [open, close]);
    await world.ends();
  }));

Deno.test("lease whose door is gone closes, after its start command if that runs", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh, BOB);
    world.open(knock(ssh));
    world.leases.reload([]);
    await settle();
    assert.deepEqual(world.commands.slice(2), [`close-ssh ${BOB}`]);
    world.system.processes[1]!.end();
    await world.system.advance(0);
    assert.deepEqual(world.commands.slice(3), [close]);
    world.system.processes.slice(2).forEach((process) => process.end());
    await world.system.advance(0);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("knock that waits for a door to close opens what the config then has", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.opened(ssh, BOB);
    await world.system.advance(10_000);
    world.open(knock(ssh));
    world.leases.reload([closingDoor("ssh", { start: { ipv4: ["new-open", "%IP%"] } })]);
    world.system.processes.slice(2).forEach((process) => process.end());
    await world.system.advance(0);
    assert.deepEqual(world.commands.slice(4), [`new-open ${ALICE}`]);
    await world.ends();
  }));

Deno.test("knock that waits for a door to close opens nothing when the door is gone", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    world.open(knock(ssh));
    world.leases.reload([]);
    await world.ends();
    assert.deepEqual(world.commands, [open, close]);
    assert.deepEqual(world.leases.list(), []);
  }));

Deno.test("door whose broken stop command was mended opens beside what can't be closed", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    await world.ends(1);
    const mended = closingDoor("ssh", { stop: { ipv4: ["mended", "%IP%"] } });
    world.leases.reload([mended]);
    world.open(knock(mended));
    await settle();
    await world.ends(1);
    await world.system.advance(2000);
    await world.ends(1);
    assert.deepEqual(world.commands.at(-1), open);
    assert.equal(world.leases.list().length, 2);
    await world.ends();
    const ended = new Set(world.system.processes);
    for (let round = 0; round < 8; round++) {
      await world.system.advance(2000);
      for (const process of world.system.processes.filter((p) => !ended.has(p))) {
        ended.add(process);
        process.end(process.argv[0] === "mended" ? 0 : 1);
      }
    }
    assert.deepEqual(world.commands.slice(5).toSorted(), [
      ...Array(3).fill(close),
      `mended ${ALICE}`,
    ]);
    assert.deepEqual(world.leases.list(), []);
    assert.deepEqual(world.journalled, []);
  }));
