import assert from "node:assert/strict";
import { commandEnvironment } from "../../../lib/core/command_environment.ts";
import { type Job, type Outcome, Runner } from "../../../lib/server/commands/runner.ts";
import { CommandReport } from "../../../lib/server/log/command_report.ts";
import { realSystem } from "../../../lib/server/system.ts";
import { memoryLog } from "../log/memory_log.ts";

/** Runs a shell command for real; gives what became of it and what was logged. */
async function run(command: string | string[], timeout = 10) {
  const log = memoryLog();
  const env = commandEnvironment(Deno.env.toObject());
  const runner = new Runner({
    system: realSystem(),
    report: new CommandReport(log.logger),
    env,
  });
  const job: Job = {
    door: "ssh",
    ip: "10.0.0.1",
    kind: "start",
    argv: typeof command === "string" ? ["/bin/sh", "-c", command] : command,
    shown: "a command",
    env: { KNOCK_IP: "10.0.0.1" },
    timeout,
  };
  const outcome: Outcome = await runner.run(job);
  const lines = log.lines.slice(1).map((line) => line.replace("ssh: output: ", ""));
  return { outcome, lines };
}

/** Whether a process lives; a zombie does not. */
function lives(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

/** Those that live on; whoever has been killed may take a moment to die. */
async function survivors(pids: readonly number[]): Promise<number[]> {
  for (let tries = 0; tries < 100 && pids.some(lives); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return pids.filter(lives);
}

Deno.test("runner runs a real command in / with KNOCK_ variables and no input", async () => {
  const { outcome, lines } = await run('pwd; echo "$KNOCK_IP"; cat; echo problem >&2');
  assert.deepEqual(outcome, { kind: "exit", code: 0 });
  assert.deepEqual(lines.sort(), ["/", "10.0.0.1", "problem"]);
});

Deno.test("runner reports real exit codes and signals", async () => {
  assert.deepEqual((await run("exit 7")).outcome, { kind: "exit", code: 7 });
  const killed = { kind: "signal", signal: "SIGKILL" };
  assert.deepEqual((await run("kill -9 $$")).outcome, killed);
});

Deno.test("runner survives programs that can't be started", async () => {
  for (
    const program of ["/nonexistent/program", "/etc/passwd", "/", "no-such-program", ""]
  ) {
    const { outcome } = await run([program]);
    assert.equal(outcome.kind, "not started", program);
  }
  const { outcome } = await run(["/bin/echo", "x".repeat(1 << 18)]);
  assert.equal(outcome.kind, "not started");
});

Deno.test("runner kills a hanging command with all that it started, orphans too", async () => {
  const hang = "trap '' TERM; sleep 98765 & echo $!; (setsid sleep 98765 & echo $!); " +
    "while :; do sleep 98765; done";
  const { outcome, lines } = await run(hang, 2);
  assert.deepEqual(outcome, { kind: "timeout" });
  const pids = lines.map(Number).filter((pid) => pid > 0);
  assert.equal(pids.length, 2);
  assert.deepEqual(await survivors(pids), []);
});

Deno.test("runner ends what a hanging command started without its environment", async () => {
  const hang = "env -i /bin/sh -c 'echo $$; sleep 98765 & echo $!; wait'";
  const { outcome, lines } = await run(hang, 2);
  assert.deepEqual(outcome, { kind: "timeout" });
  const pids = lines.map(Number).filter((pid) => pid > 0);
  assert.equal(pids.length, 2);
  assert.deepEqual(await survivors(pids), []);
});

Deno.test("runner does not wait for a background process, nor kill it", async () => {
  const { outcome, lines } = await run("sleep 98765 & echo $!");
  const pid = Number(lines[0]);
  try {
    assert.deepEqual(outcome, { kind: "exit", code: 0 });
    assert.ok(lives(pid));
  } finally {
    Deno.kill(pid, "SIGKILL");
  }
});

/** Bytes of this test file alone: other files run beside it in the same process. */
function ownMemory(): number {
  const { heapTotal, external } = Deno.memoryUsage();
  return heapTotal + external;
}

Deno.test("runner keeps its memory and its time when a command floods its output", async () => {
  const before = ownMemory();
  let ticks = 0;
  const ticker = setInterval(() => ticks++, 10);
  const { outcome, lines } = await run("yes | tr -d '\\n' & yes", 1);
  clearInterval(ticker);
  assert.deepEqual(outcome, { kind: "timeout" });
  assert.match(lines.at(-1) ?? "", /^… \d+ more bytes$/);
  const grown = (ownMemory() - before) / 2 ** 20;
  assert.ok(grown < 64, `grew by ${grown} MiB`);
  assert.ok(ticks > 3, `${ticks} ticks meanwhile`);
});
