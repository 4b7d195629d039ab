/**
 * A runner in a world in memory.
 *
 * @module
 */
import { type Job, Runner } from "../../../lib/server/commands/runner.ts";
import { CommandReport } from "../../../lib/server/log/command_report.ts";
import { FakeSystem } from "../fake_system.ts";
import { memoryLog } from "../log/memory_log.ts";

/** A command, like this where nothing else is said. */
export function job(values: Partial<Job> = {}): Job {
  return {
    door: "ssh",
    ip: "10.0.0.1",
    kind: "start",
    argv: ["/sbin/open", "10.0.0.1"],
    shown: "/sbin/open 10.0.0.1",
    env: { KNOCK_IP: "10.0.0.1" },
    timeout: 30,
    ...values,
  };
}

/** A runner with so many places of each kind, all of them for any door. */
export function setUp(places = 2) {
  const system = new FakeSystem();
  const log = memoryLog();
  const env = { PATH: "/bin" };
  const limits = { all: places, eachDoor: places };
  const report = new CommandReport(log.logger);
  const runner = new Runner({ system, report, env, starts: limits, stops: limits });
  const { processes } = system;
  return {
    system,
    runner,
    lines: log.lines,
    processes,
    /** Programs that were started, in order. */
    started: () => processes.map(({ argv }) => argv[0]),
    /** The process of a program. */
    process: (name: string) => processes.find(({ argv }) => argv[0] === name)!,
  };
}
