import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { LeaseRecord, StoredLease } from "../../../lib/server/journal/journal.ts";
import { settle } from "../fake_system.ts";
import { ALICE, BOB, closingDoor, knock, LeasesWorld } from "./leases_world.ts";

const ssh = closingDoor();
const open = `open-ssh ${ALICE}`;
const close = `close-ssh ${ALICE}`;
const DAY = 86_400_000;

/** A row as it was promised. */
function lease({ stage: _s, attempts: _a, starts: _n, doubt: _d, ...row }: LeaseRecord) {
  return row;
}

Deno.test("lease that is overdue at the start is closed at once", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.restart(10_001);
    await world.system.advance(0);
    assert.deepEqual(world.commands, [close]);
    assert.deepEqual(world.lines("closing"), [`${ALICE}: ssh: command timeout, closing`]);
    assert.deepEqual(world.system.endedMarks, []);
    await world.ends();
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("lease that is not yet due at the start has the rest of its time", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(1000);
    await world.restart(3000);
    assert.equal(world.leases.list()[0]?.left, 6000);
    await world.system.advance(5999);
    assert.deepEqual(world.commands, []);
    await world.system.advance(1);
    assert.deepEqual(world.commands, [close]);
    await world.ends();
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("lease that was taken over is extended by a knock, and not opened again", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.restart(9000);
    world.open(knock(ssh));
    await world.system.advance(9999);
    assert.deepEqual(world.commands, []);
    await world.system.advance(1);
    await world.ends();
    assert.deepEqual(world.commands, [close]);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("lease remembers the time that a changed config gave it", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    world.open(knock(closingDoor("ssh", { cmdTimeout: 3600 })));
    await world.system.advance(0);
    await world.restart(60_000);
    assert.equal(world.leases.list()[0]?.left, 3_540_000);
  }));

for (const [stage, kind] of [["opening", "start"], ["closing", "stop"]] as const) {
  Deno.test(`door whose daemon died while it was ${stage} is closed, and failing is no alarm`, () =>
    LeasesWorld.run(async (world) => {
      world.open(knock(ssh));
      if (stage === "closing") {
        await world.ends();
        await world.system.advance(10_000);
      }
      const { mark } = world.command;
      assert.ok(mark?.startsWith(`${kind}-`));
      await world.restart();
      assert.deepEqual(world.system.endedMarks, [mark]);
      assert.deepEqual(world.commands, [close]);
      for (let tries = 1; tries <= 3; tries++) {
        assert.equal(world.commands.length, tries);
        await world.ends(1);
        await world.system.advance(1000);
      }
      await world.system.advance(600_000);
      assert.equal(world.commands.length, 3);
      assert.deepEqual(world.log.records.filter(({ level }) => level === "error"), []);
      assert.equal(world.lines("may be closed already").length, 1);
      assert.deepEqual(world.journalled, []);
      await world.restart();
      assert.deepEqual(world.commands, []);
    }));
}

Deno.test("doubt whether a door is open outlives another restart", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    await world.restart();
    await world.ends(1);
    assert.deepEqual(world.journalled, [`ssh ${ALICE} closing 1`]);
    await world.restart();
    await world.ends(1);
    assert.deepEqual(world.lines("STILL OPEN"), []);
    await world.system.advance(1000);
    await world.ends();
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("door that opens anew is in the journal once, whenever the daemon dies", async () => {
  const seen: string[][] = [];
  let look = () => {};
  await LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    world.open(knock(ssh));
    look = () => seen.push(world.journalled);
    await world.ends();
    assert.deepEqual(seen, [[], [`ssh ${ALICE} opening`]]);
    await world.ends();
  }, { onPoint: (point) => point.startsWith("after") && look() });
});

for (const stage of ["opening", "open"] as const) {
  Deno.test(`door that the journal has as closing and as ${stage} is closed as one`, () =>
    LeasesWorld.run(async (world) => {
      await world.opened(ssh);
      const { id: _, ...row } = world.journal.leases().leases[0]!;
      const begun = world.journal.beginLease({ ...lease(row), mark: "second" });
      world.journal.noteLeases([{ id: begun, changes: { stage, starts: 2 } }]);
      world.journal.noteLeases([{ id: begun - 1, changes: { stage: "closing" } }]);
      await world.restart();
      assert.deepEqual(world.journalled, [`ssh ${ALICE} closing`]);
      assert.ok(world.system.endedMarks.includes(`stop-${row.mark}`));
      assert.equal(world.system.endedMarks.includes("start-second"), stage === "opening");
      assert.equal(world.open(knock(ssh)), "waits");
      for (let stop = 1; stop <= 3; stop++) {
        assert.deepEqual(world.commands, Array(stop).fill(close));
        await world.ends();
      }
      assert.deepEqual(world.commands.at(-1), open);
      await world.ends();
      assert.deepEqual(world.lines("STILL OPEN"), []);
      assert.deepEqual(world.journalled, [`ssh ${ALICE} open`]);
    }));
}

Deno.test("leases of a door that different commands close are closed by both", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    const { id: _, ...row } = world.journal.leases().leases[0]!;
    world.journal.beginLease({ ...lease(row), stopArgv: ["other"] });
    await world.restart(10_000);
    await world.system.advance(0);
    assert.deepEqual(world.commands.toSorted(), [close, "other"]);
    for (const command of world.system.processes) command.end(0);
    await world.system.advance(0);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("stop command waits until what the dead daemon started is gone", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    const gone = Promise.withResolvers<void>();
    const { endMarked } = Object.getPrototypeOf(world.system);
    Object.getPrototypeOf(world.system).endMarked = () => gone.promise;
    try {
      await world.restart();
      await world.system.advance(1000);
      assert.deepEqual(world.commands, []);
      gone.resolve();
      await settle();
      assert.deepEqual(world.commands, [close]);
    } finally {
      Object.getPrototypeOf(world.system).endMarked = endMarked;
    }
    await world.ends();
  }));

Deno.test("knock during a belated close opens the door after it", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    await world.restart();
    world.open(knock(ssh));
    assert.deepEqual(world.commands, [close]);
    await world.ends();
    assert.deepEqual(world.commands, [close, open]);
    assert.deepEqual(world.journalled, [`ssh ${ALICE} opening`]);
    await world.ends();
  }));

Deno.test("door known to be open, its stop command failing, is an alarm after a restart too", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(10_000);
    await world.ends(1);
    await world.restart();
    assert.deepEqual(world.commands, [close]);
    await world.ends(1);
    assert.equal(world.lines("STILL OPEN: the stop command failed 2 times").length, 1);
    for (let tries = 2; tries < 30; tries++) {
      await world.system.advance(600_000);
      await world.ends(1);
    }
    assert.equal(world.commands.length, 29);
    await world.system.advance(600_000);
    await world.ends();
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("lease of before the machine's restart is closed at once, and failing is no alarm", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    world.bootId = "second";
    await world.restart(1000);
    assert.deepEqual(world.commands, [close]);
    await world.ends(1);
    await world.system.advance(1000);
    await world.ends();
    assert.deepEqual(world.lines("STILL OPEN"), []);
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("clock set back while the daemon was dead makes no lease longer, however often", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.system.advance(5000);
    await world.restart(0, world.system.now() - DAY);
    await world.system.advance(6000);
    assert.deepEqual(world.commands, []);
    await world.restart(3000);
    assert.equal(world.leases.list()[0]?.left, 1000);
    await world.system.advance(1000);
    assert.deepEqual(world.commands, [close]);
    await world.ends();
  }));

Deno.test("clock that was ahead at the last knock makes no restored lease longer", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    world.system.setWallClock(world.system.now() + DAY);
    world.open(knock(ssh));
    await world.restart(0, world.system.now() - DAY);
    assert.equal(world.leases.list()[0]?.left, 10_000);
    await world.system.advance(10_000);
    assert.deepEqual(world.commands, [close]);
    await world.ends();
  }));

Deno.test("clock set forward while the daemon was dead closes, which is the safe side", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.restart(0, world.system.now() + DAY);
    await world.system.advance(0);
    assert.deepEqual(world.commands, [close]);
    await world.ends();
  }));

Deno.test("leases of several doors and addresses are all taken over", () =>
  LeasesWorld.run(async (world) => {
    const web = closingDoor("web", { cmdTimeout: 20 });
    await world.opened(ssh);
    await world.opened(web);
    await world.opened(ssh, BOB);
    await world.restart(10_000);
    await world.system.advance(0);
    assert.deepEqual(world.commands, [close, `close-ssh ${BOB}`]);
    world.system.processes.forEach((process) => process.end());
    await world.system.advance(10_000);
    assert.equal(world.commands.at(-1), `close-web ${ALICE}`);
    await world.ends();
    assert.deepEqual(world.journalled, []);
  }));

Deno.test("row of the journal that can't be read is reported, and the others are closed", () =>
  LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    await world.opened(ssh, BOB);
    world.kill();
    const db = new DatabaseSync(`${world.directory}/journal.db`);
    db.exec("UPDATE leases SET body = replace(body, 'close-ssh', 'evil') WHERE id = 1");
    db.close();
    await world.start();
    await world.system.advance(10_000);
    assert.deepEqual(world.commands, [`close-ssh ${BOB}`]);
    assert.deepEqual(world.lines("journal: lease 1"), [
      "journal: lease 1 can't be read (its checksum is wrong); its door may still be open",
    ]);
    await world.ends();
  }));

Deno.test("thousands of leases are taken over, and closed, with few commits", () => {
  const points: string[] = [];
  return LeasesWorld.run(async (world) => {
    await world.opened(ssh);
    const [{ id: _, stage: __, attempts: ___, ...lease }] = world.journal.leases()
      .leases as [StoredLease];
    world.journal.batch(() => {
      for (let n = 0; n < 2000; n++) {
        const id = world.journal.beginLease({
          ...lease,
          address: `10.1.${n >> 8}.${n % 256}`,
        });
        world.journal.noteLeases([{ id, changes: { stage: "open" } }]);
      }
    });
    points.length = 0;
    await world.restart(10_000);
    await world.system.advance(0);
    assert.equal(world.leases.list().length, 2001);
    assert.deepEqual(points, ["before note", "after note"]);
    assert.equal(world.commands.length, 4);
    await world.leases.close(() => false, "");
  }, { onPoint: (point) => points.push(point) });
});

Deno.test("knock opens anew that came while a dead daemon's command was still being ended", () =>
  LeasesWorld.run(async (world) => {
    world.open(knock(ssh));
    const ended = Promise.withResolvers<void>();
    world.kill();
    world.system.endMarked = () => ended.promise;
    await world.start();
    assert.equal(world.open(knock(ssh)), "waits");
    assert.deepEqual(world.commands, []);
    ended.resolve();
    await settle();
    await world.ends();
    assert.deepEqual(world.commands, [close, open]);
  }));
