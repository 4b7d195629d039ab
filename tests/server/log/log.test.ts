import assert from "node:assert/strict";
import { FleetReport } from "../../../lib/server/fleet/fleet_report.ts";
import { type LogHandle, type LogOptions, openLog } from "../../../lib/server/log/log.ts";
import { FakeSystem } from "../fake_system.ts";

const options: LogOptions = {
  format: "text",
  syslog: false,
  verbose: false,
  debug: false,
};

/** Logs to a file and gives its lines, without their time. */
async function logged(
  use: (log: LogHandle, system: FakeSystem) => void | Promise<void>,
  more: Partial<LogOptions> = {},
): Promise<string[]> {
  const file = await Deno.makeTempFile();
  const system = new FakeSystem();
  const log = await openLog({ ...options, file, ...more }, system);
  try {
    await use(log, system);
  } finally {
    log.close();
  }
  const text = await Deno.readTextFile(file);
  await Deno.remove(file);
  return text.split("\n").slice(0, -1).map((line) => line.replace(/^\[.{16}\] /, ""));
}

function stage({ logger }: LogHandle, ip: string) {
  logger.info("{ip}: {door}: Stage {stage}", {
    event: "stage",
    ip,
    door: "ssh",
    stage: 1,
  });
}

Deno.test("log fills values in, and escapes them", async () => {
  const lines = await logged((log) => stage(log, "10.0.0.1\n[2026] forged"));
  assert.deepEqual(lines, ["10.0.0.1\\n[2026] forged: ssh: Stage 1"]);
});

Deno.test("log has debug lines only when asked for", async () => {
  const debug = await logged(({ logger }) => logger.debug("a packet"));
  assert.deepEqual(debug, []);
});

Deno.test("whoever watches has debug lines that the log has not", async () => {
  let line: string | undefined;
  const written = await logged(async (log) => {
    assert.ok(!log.tellsHits);
    const reader = log.watchers.add({}).getReader();
    assert.ok(log.tellsHits);
    log.logger.debug("a packet");
    line = (await reader.read()).value?.line;
    await reader.cancel();
    assert.ok(!log.tellsHits);
  });
  assert.equal(line, "a packet");
  assert.deepEqual(written, []);
});

Deno.test("log writes JSON, one object a line", async () => {
  const [line] = await logged((log) => stage(log, "10.0.0.1"), { format: "json" });
  const { time, ...rest } = JSON.parse(line ?? "");
  assert.match(time, /^\d{4}-\d\d-\d\dT.*Z$/);
  assert.deepEqual(rest, {
    level: "info",
    event: "stage",
    door: "ssh",
    ip: "10.0.0.1",
    message: "10.0.0.1: ssh: Stage 1",
    stage: 1,
  });
});

Deno.test("log leaves out a flood of one kind, says how much, and keeps the openings", async () => {
  const lines = await logged(async (log, system) => {
    for (let n = 0; n < 1000; n++) log.logger.info("late", { event: "timeout" });
    for (let n = 0; n < 60; n++) log.logger.info("OPEN SESAME", { event: "open" });
    log.logger.warn("something else");
    await system.advance(1000);
    assert.equal(system.timers, 0);
    stage(log, "10.0.0.2");
  });
  assert.equal(lines.filter((line) => line === "late").length, 50);
  assert.equal(lines.filter((line) => line === "OPEN SESAME").length, 60);
  assert.deepEqual(lines.slice(-3), [
    "something else",
    "timeout: … 950 more suppressed",
    "10.0.0.2: ssh: Stage 1",
  ]);
});

Deno.test("log leaves out no alarm of a fleet, however many knock at its machines", async () => {
  const lines = await logged((log, system) => {
    const report = new FleetReport(log.logger, system);
    for (let n = 0; n < 60; n++) report.knockedAt("ssh", "10.0.0.1", "a");
    report.garbled("spent/1");
  });
  assert.match(lines.at(-2)!, /^ALARM: spent\/1 in etcd was not written by a node/);
  assert.equal(lines.at(-1), "fleet knock: … 10 more suppressed");
});

Deno.test("log says what it left out before it closes", async () => {
  const lines = await logged((log) => {
    for (let n = 0; n < 51; n++) log.logger.info("late", { event: "timeout" });
  });
  assert.equal(lines.at(-1), "timeout: … 1 more suppressed");
});

/** Logs in a process of its own, whose output is collected or not; what it printed. */
async function printed(
  more: Partial<LogOptions>,
  isCollected = false,
): Promise<[string, string]> {
  const collect = `
    const { dev, ino } = Deno.statSync("/proc/self/fd/2");
    Deno.env.set("JOURNAL_STREAM", dev + ":" + ino);`;
  const program = `${isCollected ? collect : ""}
    import { openLog } from "./lib/server/log/log.ts";
    import { realSystem } from "./lib/server/system.ts";
    const log = await openLog(${JSON.stringify({ ...options, ...more })}, realSystem());
    log.logger.info("{ip}: Stage {stage}", { ip: "10.0.0.1", stage: 1 });
    log.logger.debug("a packet");
    log.close();`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", program],
    cwd: new URL("../../..", import.meta.url),
  }).output();
  return [new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)];
}

Deno.test("log goes to standard error when nothing else takes it", async () => {
  assert.deepEqual(await printed({}), ["", "10.0.0.1: Stage 1\n"]);
});

Deno.test("log goes to standard output when verbose, with debug lines when debugging", async () => {
  assert.deepEqual(await printed({ verbose: true }), ["10.0.0.1: Stage 1\n", ""]);
  assert.deepEqual(await printed({ debug: true }), ["10.0.0.1: Stage 1\na packet\n", ""]);
});

Deno.test("log whose file is an output of the program goes there, and nowhere twice", async () => {
  const stage = "10.0.0.1: Stage 1\n";
  for (const file of ["/dev/stdout", "/proc/self/fd/1"]) {
    assert.deepEqual(await printed({ file }), [stage, ""]);
    assert.deepEqual(await printed({ file, verbose: true }), [stage, ""]);
  }
  for (const file of ["/dev/stderr", "/dev/fd/2"]) {
    assert.deepEqual(await printed({ file }), ["", stage]);
    assert.deepEqual(await printed({ file, verbose: true }), [stage, stage]);
    assert.deepEqual(await printed({ file, syslog: true }, true), ["", ""]);
  }
});

Deno.test("log of a daemon in the background goes to its launcher's output, if it is to", async () => {
  const directory = await Deno.makeTempDir();
  const background = async (more: Partial<LogOptions>) => {
    const program = `
      import { openLog } from "./lib/server/log/log.ts";
      import { realSystem } from "./lib/server/system.ts";
      const log = await openLog(${JSON.stringify({ ...options, ...more })}, realSystem());
      log.logger.info("{ip}: Stage 1", { ip: "10.0.0.1" });
      log.close();`;
    // The inner shell becomes the daemon, without a standard output of its own.
    const daemon = `exec "$0" eval --no-check "$1" >/dev/null`;
    const launcher = `exec >"$3"; sh -c '${daemon}' "$1" "$2"; true`;
    const { stderr } = await new Deno.Command("sh", {
      args: ["-c", launcher, "sh", Deno.execPath(), program, `${directory}/out`],
      cwd: new URL("../../..", import.meta.url),
      env: { KNOCKD_DETACHED: "1" },
    }).output();
    const said = new TextDecoder().decode(stderr);
    return [await Deno.readTextFile(`${directory}/out`), said];
  };
  assert.deepEqual(await background({ file: "/dev/stdout" }), [
    "10.0.0.1: Stage 1\n",
    "",
  ]);
  assert.deepEqual(await background({ verbose: true }), ["", ""]);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("log whose directory is missing goes to standard error, until it is there", async () => {
  const directory = await Deno.makeTempDir();
  const file = `${directory}/logs/knockd.log`;
  assert.deepEqual(await printed({ file }), [
    "",
    `cannot open log file ${file}: No such file or directory; logging to standard error\n` +
    "10.0.0.1: Stage 1\n",
  ]);
  const log = await openLog({ ...options, file }, new FakeSystem());
  assert.equal(log.isSeen, true);
  log.reopen();
  await Deno.mkdir(`${directory}/logs`);
  log.reopen();
  stage(log, "10.0.0.1");
  log.close();
  assert.match(await Deno.readTextFile(file), /^\[.{16}\] 10\.0\.0\.1: ssh: Stage 1\n$/);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("log whose file can't be opened is nowhere twice", async () => {
  const file = "/nonexistent/knockd.log";
  const why = `cannot open log file ${file}: No such file or directory; logging to `;
  assert.deepEqual(await printed({ file, verbose: true }), [
    `${why}standard output\n10.0.0.1: Stage 1\n`,
    "",
  ]);
  const collected = await printed({ file, syslog: true }, true);
  assert.deepEqual(collected, ["", ""]);
  const [, stderr] = await printed({ file }, true);
  assert.equal(stderr, `<4>${why}standard error\n<6>10.0.0.1: Stage 1\n`);
});

Deno.test("log on a full disk with no other place to go says so on standard error", async () => {
  const [stdout, stderr] = await printed({ file: "/dev/full" });
  assert.equal(stdout, "");
  assert.equal(
    stderr,
    "cannot write log file /dev/full: No space left on device; going on\n",
  );
});
