/** In which order the commands of one address start, and how long they wait for others. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { PlaceLimits } from "../../../lib/server/commands/command_places.ts";
import { Runner } from "../../../lib/server/commands/runner.ts";
import { CommandReport } from "../../../lib/server/log/command_report.ts";
import { FakeSystem, settle } from "../fake_system.ts";
import { memoryLog } from "../log/memory_log.ts";
import { job, setUp } from "./runner_world.ts";

/** How long a command waits for the one before it. */
const TURN_MS = 2000;

const PLAIN = { kind: "plain" } as const;

Deno.test("commands of one door and address run one after the other", async () => {
  const { runner, process, started } = setUp(9);
  for (const name of ["1", "2", "3"]) void runner.run(job({ ...PLAIN, argv: [name] }));
  void runner.run(job({ ...PLAIN, argv: ["other"], ip: "10.0.0.2" }));
  assert.deepEqual(started(), ["1", "other"]);
  process("1").end(1);
  await settle();
  assert.deepEqual(started(), ["1", "other", "2"]);
  process("2").end();
  await settle();
  assert.deepEqual(started(), ["1", "other", "2", "3"]);
});

Deno.test("an address's commands of different doors run in the order of its knocks", async () => {
  const { system, runner, process, started } = setUp(9);
  const order = ["open", "close", "open", "close"];
  for (const [n, door] of order.entries()) {
    void runner.run(job({ ...PLAIN, door, argv: [`${n}`] }));
  }
  for (const n of order.keys()) {
    assert.equal(started().length, n + 1);
    await system.advance(1500);
    process(`${n}`).end();
    await settle();
  }
  assert.deepEqual(started(), ["0", "1", "2", "3"]);
});

Deno.test("a command that hangs delays its address's next by two seconds, and others not at all", async () => {
  const { system, runner, process, started } = setUp(9);
  for (const door of ["a", "b", "c"]) {
    void runner.run(job({ ...PLAIN, door, argv: [door], timeout: 0 }));
  }
  void runner.run(job({ ...PLAIN, door: "b", argv: ["other"], ip: "10.0.0.2" }));
  assert.deepEqual(started(), ["a", "other"]);
  await system.advance(1999);
  assert.deepEqual(started(), ["a", "other"]);
  await system.advance(1);
  assert.deepEqual(started(), ["a", "other", "b"]);
  process("b").end();
  await settle();
  assert.deepEqual(started(), ["a", "other", "b", "c"]);
  await system.advance(60_000);
  void runner.run(job({ ...PLAIN, door: "d", argv: ["d"] }));
  assert.equal(started().at(-1), "d");
});

Deno.test("a flood on one door in an address's name delays its other door by two seconds", async () => {
  const { system, runner, started, process } = setUp(9);
  const flood = (count: number) => {
    for (let n = 0; n < count; n++) {
      void runner.run(job({ ...PLAIN, door: "game", argv: ["game"], timeout: 0 }));
    }
  };
  flood(500);
  void runner.run(job({ argv: ["ssh"] }));
  await system.advance(2000);
  assert.deepEqual(started(), ["game", "ssh"]);
  process("ssh").end();
  flood(500);
  void runner.run(job({ door: "mail", argv: ["mail"] }));
  await system.advance(2000);
  assert.deepEqual(started(), ["game", "ssh", "mail"]);
});

Deno.test("a stop command waits for no turn, one that a knock asked for has that knock's", async () => {
  const { system, runner, started, process } = setUp(9);
  const start = job({ argv: ["start"], timeout: 0 });
  void runner.run(start);
  const turn = runner.turn(start.ip, "ssh");
  void runner.run(job({ door: "mail", argv: ["mail"] }));
  void runner.run(job({ kind: "stop", door: "web", argv: ["web stop"] }));
  assert.deepEqual(started(), ["start", "web stop"]);
  process("start").end();
  await settle();
  assert.deepEqual(started(), ["start", "web stop"], "mail waits for the asked stop");
  void runner.run(job({ kind: "stop", argv: ["stop"], turn }));
  assert.deepEqual(started(), ["start", "web stop", "stop"]);
  process("stop").end();
  await settle();
  assert.equal(started().at(-1), "mail");
  await system.advance(60_000);
});

Deno.test("a turn that is never used lets the next one go after two seconds", async () => {
  const { system, runner, started } = setUp(9);
  const first = runner.turn("10.0.0.1", "web");
  runner.turn("10.0.0.1", "mail");
  void runner.run(job({ argv: ["ssh"] }));
  await system.advance(1000);
  first.end();
  await system.advance(1999);
  assert.deepEqual(started(), []);
  await system.advance(1);
  assert.deepEqual(started(), ["ssh"]);
});

interface Event {
  readonly kind: "knock" | "end" | "wait";
  readonly door: number;
  readonly source: number;
  readonly ms: number;
}

const events = fc.array(
  fc.record<Event>({
    kind: fc.constantFrom("knock", "knock", "knock", "end", "wait"),
    door: fc.nat(5),
    source: fc.nat(2),
    ms: fc.constantFrom(1, 500, 2000, 5000),
  }),
  { maxLength: 150 },
);

/** A knock's command, from being asked for to its end. */
interface Run {
  readonly door: string;
  readonly ip: string;
  readonly askedAt: number;
  startedAt?: number;
  endedAt?: number;
}

Deno.test("whatever is knocked, commands start in order, in their places, and not too late", () =>
  fc.assert(
    fc.asyncProperty(events, async (list) => {
      const system = new FakeSystem();
      const { logger } = memoryLog();
      const starts = { all: 4, eachDoor: 2 };
      const report = new CommandReport(logger);
      const runner = new Runner({ system, report, env: {}, starts });
      const runs: Run[] = [];
      const live = () =>
        runs.filter((run) => run.startedAt !== undefined && !run.endedAt);
      const note = () => {
        for (const { argv, startedAt } of system.processes) {
          runs[Number(argv[0])]!.startedAt ??= startedAt;
        }
        checkPlaces(live(), starts);
      };
      for (const { kind, door, source, ms } of list) {
        const [first] = live();
        if (kind === "wait") await system.advance(ms);
        else if (kind === "end" && first !== undefined) {
          const index = runs.indexOf(first);
          first.endedAt = system.monotonic();
          system.processes.find(({ argv }) => argv[0] === `${index}`)!.end();
          await settle();
        } else {
          const run = { door: `d${door}`, ip: `${source}`, askedAt: system.monotonic() };
          const argv = [`${runs.push(run) - 1}`];
          void runner.run(job({ ...run, ...PLAIN, argv, timeout: 0 }));
        }
        note();
        checkOrder(runs, system.monotonic());
        checkFree(runs, starts, system.monotonic());
      }
    }),
    { numRuns: 100 },
  ));

function checkPlaces(live: readonly Run[], { all, eachDoor }: PlaceLimits): void {
  const doors = Map.groupBy(live, ({ door }) => door);
  for (const runs of doors.values()) assert.ok(runs.length <= eachDoor);
  const beyond = [...doors.values()].filter((runs) => runs.length === 1).length;
  assert.ok(live.length <= all + beyond);
  const lines = Map.groupBy(live, ({ door, ip }) => `${door} ${ip}`);
  for (const runs of lines.values()) assert.equal(runs.length, 1);
}

/** Nobody starts before one that his address asked for earlier and not long ago. */
function checkOrder(runs: readonly Run[], now: number): void {
  for (const [ip, own] of Map.groupBy(runs, (run) => run.ip)) {
    for (const [n, run] of own.entries()) {
      if (run.startedAt === undefined) continue;
      const overtaken = own.slice(0, n).filter((other) =>
        (other.startedAt ?? now + 1) > run.startedAt!
      );
      for (const { askedAt, door } of overtaken) {
        assert.notEqual(door, run.door, `${ip}: a door's own order`);
        assert.ok(run.startedAt - askedAt >= TURN_MS, `${ip}: too early`);
      }
    }
  }
}

/** Whose turn is long over, and whose door has room, has started. */
function checkFree(
  runs: readonly Run[],
  { all, eachDoor }: PlaceLimits,
  now: number,
): void {
  const live = runs.filter((run) => run.startedAt !== undefined && !run.endedAt);
  for (const own of Map.groupBy(runs, (run) => run.ip).values()) {
    for (const [n, run] of own.entries()) {
      if (run.startedAt !== undefined || now - run.askedAt < TURN_MS * (n + 1)) continue;
      const inDoor = live.filter(({ door }) => door === run.door);
      const first = !own.slice(0, n).some((other) =>
        other.door === run.door && !other.endedAt
      );
      const free = inDoor.length === 0 || live.length < all && inDoor.length < eachDoor;
      assert.ok(!(first && free), "waits though there is a place");
    }
  }
}
