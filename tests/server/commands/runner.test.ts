import assert from "node:assert/strict";
import { commandEnvironment } from "../../../lib/core/command_environment.ts";
import { job, setUp } from "./runner_world.ts";

Deno.test("runner has started a command when run returns, and logs it as knockd does", async () => {
  const { runner, processes, lines } = setUp();
  const outcome = runner.run(job());
  assert.equal(processes.length, 1);
  assert.deepEqual(processes[0]?.argv, ["/sbin/open", "10.0.0.1"]);
  assert.deepEqual(processes[0]?.env, { PATH: "/bin", KNOCK_IP: "10.0.0.1" });
  assert.deepEqual(lines, ["ssh: running command: /sbin/open 10.0.0.1"]);
  processes[0]?.end();
  assert.deepEqual(await outcome, { kind: "exit", code: 0 });
  assert.equal(lines.length, 1);
});

Deno.test("runner logs the exit code of a command that fails", async () => {
  const { runner, processes, lines } = setUp();
  const outcome = runner.run(job());
  processes[0]?.print("iptables: Bad rule");
  processes[0]?.end(3);
  assert.deepEqual(await outcome, { kind: "exit", code: 3 });
  assert.deepEqual(lines.slice(1), [
    "ssh: output: iptables: Bad rule",
    "ssh: command returned non-zero status code (3)",
  ]);
});

Deno.test("runner logs the signal that ended a command", async () => {
  const { runner, processes, lines } = setUp();
  const outcome = runner.run(job());
  processes[0]?.end({ code: 139, signal: "SIGSEGV" });
  assert.deepEqual(await outcome, { kind: "signal", signal: "SIGSEGV" });
  assert.equal(lines.at(-1), "ssh: command ended by SIGSEGV");
});

Deno.test("runner says which program does not exist, and goes on", async () => {
  const { system, runner, lines } = setUp(1);
  system.refuse = () => new Deno.errors.NotFound();
  const reason = "/sbin/open does not exist, or its interpreter does not";
  const outcome = await runner.run(job());
  assert.deepEqual(outcome, { kind: "not started" });
  assert.deepEqual(lines, [`ssh: cannot run command: ${reason}`]);
  system.refuse = () => undefined;
  const next = runner.run(job());
  system.processes[0]?.end();
  assert.deepEqual(await next, { kind: "exit", code: 0 });
});

Deno.test("runner asks a command that takes too long to end, then kills it", async () => {
  const { system, runner, processes, lines } = setUp();
  const outcome = runner.run(job({ timeout: 5 }));
  await system.advance(4999);
  assert.deepEqual(processes[0]?.signals, []);
  await system.advance(1);
  assert.deepEqual(processes[0]?.signals, ["SIGTERM"]);
  assert.equal(lines.at(-1), "ssh: command killed, it took longer than 5 seconds");
  await system.advance(1999);
  assert.deepEqual(processes[0]?.signals, ["SIGTERM"]);
  await system.advance(1);
  assert.deepEqual(processes[0]?.signals, ["SIGTERM", "SIGKILL"]);
  processes[0]?.end({ code: 137, signal: "SIGKILL" });
  assert.deepEqual(await outcome, { kind: "timeout" });
});

Deno.test("runner leaves no timer behind when a command ends in time", async () => {
  const { system, runner, processes } = setUp();
  const outcome = runner.run(job());
  processes[0]?.end();
  await outcome;
  assert.equal(system.timers, 0);
});

Deno.test("runner does not wait for what a command left in the background", async () => {
  const { system, runner, processes, lines } = setUp();
  const outcome = runner.run(job());
  processes[0]?.print("started\n");
  processes[0]?.end(0, "stays open");
  await system.advance(100);
  assert.deepEqual(await outcome, { kind: "exit", code: 0 });
  processes[0]?.print("too late\n");
  await system.advance(1000);
  assert.deepEqual(lines.slice(1), ["ssh: output: started"]);
});

Deno.test("background processes that print keep no more than so many descriptors", async () => {
  const { system, runner, processes } = setUp(99);
  const leave = async (count: number) => {
    for (let n = 0; n < count; n++) {
      const outcome = runner.run(job({ kind: "stop" }));
      processes.at(-1)!.end(0, "stays open");
      await system.advance(100);
      await outcome;
    }
  };
  await leave(64);
  assert.ok(processes.every(({ outputClosed }) => !outputClosed), "they go on printing");
  await leave(2);
  const closed = processes.map(({ outputClosed }) => outputClosed);
  assert.deepEqual(closed, [true, true, ...Array(64).fill(false)]);
});

Deno.test("a command that finds no descriptor gets those of what printed in the background", async () => {
  const { system, runner, processes } = setUp();
  const left = runner.run(job());
  processes[0]!.end(0, "stays open");
  await system.advance(100);
  await left;
  const none = Object.assign(new Error("no descriptor"), { code: "EMFILE" });
  system.refuse = () => processes[0]!.outputClosed ? undefined : none;
  const next = runner.run(job());
  processes[1]!.end();
  assert.deepEqual(await next, { kind: "exit", code: 0 });
});

Deno.test("runner logs output without control characters, and no more than 20 lines", async () => {
  const { runner, processes, lines } = setUp();
  const outcome = runner.run(job());
  processes[0]?.print("\x1b[2J a\rb\n");
  processes[0]?.print("line\n".repeat(25));
  processes[0]?.end();
  await outcome;
  assert.equal(lines[1], "ssh: output: \\x1b[2J a\\x0db");
  assert.equal(lines.filter((line) => line === "ssh: output: line").length, 19);
  assert.equal(lines.at(-1), "ssh: output: … 30 more bytes");
});

Deno.test("runner reads a flood of output as it comes, and counts what it throws away", async () => {
  const { system, runner, processes, lines } = setUp();
  const outcome = runner.run(job());
  for (let n = 0; n < 100; n++) processes[0]?.print("y".repeat(65536));
  await system.advance(110);
  processes[0]?.end();
  await outcome;
  assert.ok(lines[1] === `ssh: output: ${"y".repeat(4096)}`, "4 KiB are logged");
  assert.equal(lines[2], `ssh: output: … ${100 * 65536 - 4096} more bytes`);
});

Deno.test("commands inherit the environment without what is meant for the daemon", () => {
  assert.deepEqual(
    commandEnvironment({
      LANG: "C",
      DENO_DIR: "/x",
      NODE_OPTIONS: "-x",
      KNOCKD_SELF: "/x",
      KNOCKD_ARGV0: "knockd",
      NOTIFY_SOCKET: "/run/x",
      WATCHDOG_USEC: "1",
    }),
    {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      LANG: "C",
    },
  );
  assert.equal(commandEnvironment({ PATH: "/opt/bin" })["PATH"], "/opt/bin");
});

Deno.test("command that can't be signalled, for want of descriptors, has its outcome all the same", async () => {
  const { system, runner, processes } = setUp(1);
  const outcome = runner.run(job({ timeout: 1 }));
  processes[0]!.kill = () => Promise.reject(new Error("Too many open files"));
  await system.advance(10_000);
  processes[0]!.end({ code: 137, signal: "SIGKILL" });
  await system.advance(1000);
  assert.deepEqual(await outcome, { kind: "timeout" });
  void runner.run(job());
  assert.equal(processes.length, 2, "its place is free");
});
