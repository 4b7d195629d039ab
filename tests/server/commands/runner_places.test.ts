/** Who runs beside whom, and what becomes of those who wait. */
import assert from "node:assert/strict";
import { Runner } from "../../../lib/server/commands/runner.ts";
import { CommandReport } from "../../../lib/server/log/command_report.ts";
import { FakeSystem, settle } from "../fake_system.ts";
import { memoryLog } from "../log/memory_log.ts";
import { job, setUp } from "./runner_world.ts";

/** A runner with the places that a daemon has, its commands called as asked. */
function daemonRunner() {
  const system = new FakeSystem();
  const { logger, lines } = memoryLog();
  const runner = new Runner({ system, report: new CommandReport(logger), env: {} });
  let serial = 0;
  /** A command of a door for an address of its own. */
  const run = (door: string, kind: "start" | "plain" | "stop" = "start", timeout = 30) =>
    runner.run(job({ door, kind, timeout, argv: [door], ip: `10.0.0.${serial++}` }));
  const running = (door: string) =>
    system.processes.filter(({ argv }) => argv[0] === door).length;
  return { system, runner, run, running, lines };
}

const DOORS = ["a", "b", "c", "d", "e"];

Deno.test("runner runs 32 start commands at once, 8 of a door, and one of a door that has none", () => {
  const { system, run, running } = daemonRunner();
  for (let n = 0; n < 20; n++) {
    for (const door of DOORS) void run(door);
  }
  assert.equal(system.processes.length, 32);
  assert.ok(DOORS.every((door) => running(door) <= 8));
  void run("f");
  void run("f");
  assert.equal(running("f"), 1);
});

Deno.test("runner gives stop commands 16 places of their own, 4 of a door", () => {
  const { system, run, running } = daemonRunner();
  for (const door of DOORS) for (let n = 0; n < 20; n++) void run(door);
  const starts = system.processes.length;
  for (const door of DOORS) for (let n = 0; n < 20; n++) void run(`${door}!`, "stop");
  assert.deepEqual(DOORS.map((door) => running(`${door}!`)), [4, 4, 4, 4, 1]);
  assert.equal(system.processes.length, starts + 17);
});

Deno.test("commands that hang keep no other door from opening or closing", async () => {
  const { system, run, running } = daemonRunner();
  for (const door of DOORS) {
    for (let n = 0; n < 20; n++) {
      void run(door, "start", 0);
      void run(door, "stop", 0);
    }
  }
  for (let n = 0; n < 3; n++) {
    void run("ssh", n === 1 ? "stop" : "start");
    system.processes.at(-1)!.end();
    await settle();
    assert.equal(running("ssh"), n + 1);
  }
});

Deno.test("runner gives free places to the doors in turn, within a door in order", async () => {
  const { runner, processes, started } = setUp(1);
  const kinds = { kind: "plain" } as const;
  for (const [n, name] of ["a1", "a2", "a3", "b1", "b2"].entries()) {
    const [door] = name;
    void runner.run(job({ ...kinds, door: door!, ip: `10.0.0.${n}`, argv: [name] }));
  }
  assert.deepEqual(started(), ["a1", "b1"]);
  processes[0]!.end();
  await settle();
  assert.deepEqual(started(), ["a1", "b1", "a2"]);
  for (const process of processes.slice(1, 3)) process.end();
  await settle();
  assert.deepEqual(started().toSorted(), ["a1", "a2", "a3", "b1", "b2"]);
});

Deno.test("stop command loses its place after its time, one without limit after 30 seconds", async () => {
  for (const timeout of [30, 0]) {
    const { system, run, running } = daemonRunner();
    for (let n = 0; n < 5; n++) void run("a", "stop", timeout);
    await system.advance(29_999);
    assert.equal(running("a"), 4);
    await system.advance(1);
    assert.equal(running("a"), 5);
    const signals = timeout === 0 ? [] : ["SIGTERM"];
    assert.deepEqual(system.processes[0]!.signals, signals);
  }
});

Deno.test("command without limit is never killed, until the daemon ends", async () => {
  const { system, runner, run } = daemonRunner();
  void run("a", "start", 0);
  await system.advance(1e9);
  assert.deepEqual(system.processes[0]!.signals, []);
  runner.hurry();
  await system.advance(10_000);
  assert.deepEqual(system.processes[0]!.signals, ["SIGTERM"]);
});

Deno.test("command that does not end for being killed loses its place", async () => {
  const { system, run, running } = daemonRunner();
  for (let n = 0; n < 9; n++) void run("a", "start", 5);
  await system.advance(5000 + 2000 + 1999);
  assert.deepEqual(system.processes[0]!.signals, ["SIGTERM", "SIGKILL"]);
  assert.equal(running("a"), 8);
  await system.advance(1);
  assert.equal(running("a"), 9);
});

Deno.test("a stop command that does not end for being killed is said to leave its door open", async () => {
  const { system, run, lines } = daemonRunner();
  void run("a", "stop", 5);
  await system.advance(5000 + 2000 + 1999);
  assert.equal(lines.at(-1), "a: command killed, it took longer than 5 seconds");
  await system.advance(1);
  assert.equal(
    lines.at(-1),
    "a: STILL OPEN: the stop command was killed and does not end; " +
      `look what process ${system.processes[0]!.pid} waits for`,
  );
});

Deno.test("runner refuses plain commands beyond a door's queue, and counts them once a second", async () => {
  const { system, run, runner, lines } = daemonRunner();
  for (let n = 0; n < 8 + 1024; n++) void run("game", "plain");
  const started = lines.length;
  assert.deepEqual(await run("game", "plain"), { kind: "refused" });
  for (let n = 0; n < 4999; n++) void run("game", "plain");
  await system.advance(1000);
  assert.deepEqual(lines.slice(started), [
    "game: 5000 commands refused, too many are waiting already",
  ]);
  for (const kind of ["start", "stop", "plain"] as const) void run("ssh", kind);
  assert.equal(system.processes.length, 8 + 3);
  runner.hurry();
});

Deno.test("command that the machine can't start now gives its place to the next", async () => {
  const { system, run } = daemonRunner();
  for (const code of ["EAGAIN", "EMFILE", "ENFILE", "ENOMEM"]) {
    system.refuse = () => Object.assign(new Error("no more"), { code });
    assert.deepEqual(await run("a"), { kind: "not started" });
  }
  system.refuse = () => undefined;
  void run("a");
  assert.equal(system.processes.length, 1);
});

Deno.test("ten thousand commands that can't be started leave nothing behind", async () => {
  const { system, runner, run } = daemonRunner();
  const first = run("a");
  const others = Array.from(
    { length: 10_000 },
    (_, n) => runner.run(job({ door: `d${n % 3}`, argv: ["x"], ip: "10.9.9.9" })),
  );
  system.refuse = () => new Error("no process");
  for (const process of system.processes) process.end();
  await system.advance(10_000);
  await first;
  const outcomes = await Promise.all(others);
  assert.equal(outcomes.filter(({ kind }) => kind === "not started").length, 9999);
  await runner.drain();
  assert.equal(system.timers, 0);
});

Deno.test("runner starts waiting commands in order as others end", async () => {
  const { system, runner, processes } = setUp(2);
  const outcomes = ["a", "b", "c", "d"].map((name, n) =>
    runner.run(job({ argv: [name], ip: `10.0.0.${n}` }))
  );
  assert.deepEqual(processes.map(({ argv }) => argv[0]), ["a", "b"]);
  processes[1]?.end();
  await settle();
  assert.deepEqual(processes.map(({ argv }) => argv[0]), ["a", "b", "c"]);
  system.refuse = (program) => program === "d" ? new Error("fork failed") : undefined;
  processes[0]?.end();
  processes[2]?.end();
  await runner.drain();
  assert.deepEqual(await outcomes[3], { kind: "not started" });
});

Deno.test("runner cancels start commands that wait, and still runs the stop commands", async () => {
  const { runner, processes } = setUp(1);
  const outcomes = [
    runner.run(job({ argv: ["a"] })),
    runner.run(job({ argv: ["b"] })),
    runner.run(job({ argv: ["c"], kind: "stop" })),
  ];
  runner.hurry();
  assert.deepEqual(await outcomes[1], { kind: "cancelled" });
  processes[0]?.end();
  await outcomes[0];
  assert.deepEqual(processes.map(({ argv }) => argv[0]), ["a", "c"]);
  processes[1]?.end();
  await runner.drain();
  assert.deepEqual(await outcomes[2], { kind: "exit", code: 0 });
});

Deno.test("runner that is to hurry gives commands ten seconds, and all of them 75", async () => {
  const { system, runner, processes } = setUp(1);
  const jobs = ["a", "b"].map((name) => runner.run(job({ argv: [name], kind: "stop" })));
  const quick = runner.run(job({ argv: ["c"], kind: "stop", timeout: 3 }));
  runner.hurry();
  for (const [index, seconds] of [10, 10, 3].entries()) {
    await system.advance(seconds * 1000 - 1);
    assert.deepEqual(processes[index]?.signals, []);
    await system.advance(1);
    assert.deepEqual(processes[index]?.signals, ["SIGTERM"]);
    await system.advance(2000);
    processes[index]?.end(137);
    await settle();
  }
  assert.deepEqual(
    await Promise.all([...jobs, quick]),
    Array(3).fill({ kind: "timeout" }),
  );
  await system.advance(75_000 - 29_000 - 1000);
  const last = runner.run(job({ argv: ["d"], kind: "stop" }));
  const waiting = runner.run(job({ argv: ["e"], kind: "stop" }));
  await system.advance(1000);
  assert.deepEqual(processes.at(-1)?.signals, ["SIGTERM"]);
  assert.deepEqual(await waiting, { kind: "cancelled" });
  assert.deepEqual(await runner.run(job({ kind: "stop" })), { kind: "cancelled" });
  await system.advance(2000);
  processes.at(-1)?.end(137);
  assert.deepEqual(await last, { kind: "timeout" });
  await runner.drain();
  assert.equal(system.timers, 0);
});
