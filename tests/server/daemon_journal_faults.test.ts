import assert from "node:assert/strict";
import { StatementSync } from "node:sqlite";
import {
  databaseError,
  type Errno,
  ERRNOS,
  failing,
  type FailingCall,
  systemError,
} from "./machine_faults.ts";
import { door, MemoryWorld } from "./memory_world.ts";

const ALICE = "10.0.0.7";
const BOB = "10.0.0.8";
const CAROL = "10.0.0.9";

const DOORS = door("ssh", 7000) + door("mail", 7100, 'again = "run"') +
  `[doors.plain]
sequence = [7200, 7201, 7202]
command = ["plain", "%IP%"]
`;

interface Call {
  readonly name: string;
  readonly fail: (code: Errno) => FailingCall;
  /** What runs again for whoever has a lease: what could be noted on disk before. */
  readonly again: readonly string[];
}

/** What a daemon calls to write its journal, and to see that it is there for a new promise. */
const CALLS: readonly Call[] = [
  {
    name: "write",
    fail: (code) => failing(StatementSync.prototype, "run", () => databaseError(code)),
    again: [],
  },
  {
    name: "look at",
    fail: (code) => failing(Deno, "lstatSync", () => systemError(code)),
    again: [`open mail ${BOB}`],
  },
];

for (const { name, fail, again } of CALLS) {
  for (const code of ERRNOS) {
    Deno.test(`a daemon that can't ${name} its journal for ${code} opens nothing new, closes all, and goes on`, async () => {
      await using world = await MemoryWorld.start(DOORS);
      await world.knock(BOB, 7000, 7001, 7002);
      await world.knock(BOB, 7100, 7101, 7102);
      assert.deepEqual(await world.commands(), [`open ssh ${BOB}`, `open mail ${BOB}`]);
      await world.pass(10);
      {
        using journal = fail(code);
        await world.knock(ALICE, 7000, 7001, 7002);
        assert.deepEqual(await world.commands(), [], "no promise, no door");
        await world.knock(ALICE, 7200, 7201, 7202);
        assert.deepEqual(
          await world.commands(),
          [`plain ${ALICE}`],
          "nothing to promise",
        );
        await world.knock(BOB, 7000, 7001, 7002);
        await world.knock(BOB, 7100, 7101, 7102);
        assert.deepEqual(await world.commands(), again);
        await world.system.advance(55_000);
        assert.deepEqual(await world.commands(), [], "all are open longer");
        await world.system.advance(10_000);
        assert.deepEqual(
          (await world.commands()).sort(),
          [
            `close mail ${BOB}`,
            ...again.map(() => `close mail ${BOB}`),
            `close ssh ${BOB}`,
          ],
        );
        assert.ok(journal.count > 0);
        assert.deepEqual(world.daemon.status().leases, []);
      }
      const said = world.log.lines.filter((line) => line.includes("journal"));
      assert.ok(said.length > 0 && said.length <= 3, said.join("\n"));
      await world.pass(15);
      await world.knock(CAROL, 7000, 7001, 7002);
      assert.deepEqual(await world.commands(), [`open ssh ${CAROL}`]);
      await world.daemon.stop({ handOver: true });
      await world.start();
      const [lease] = world.daemon.status().leases;
      assert.equal(lease?.ip, CAROL, "the next daemon finds what is open");
      await world.pass(61);
      assert.deepEqual(world.daemon.status().leases, []);
    });
  }
}
