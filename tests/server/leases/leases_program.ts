/**
 * A daemon's leases with real commands, which write what they do to a file, in a process
 * of its own that can be killed at a point: `leases_program.ts DIRECTORY POINT`, as `before
 * note 2`. It knocks twice with the same one-time counter, waits until nothing is open, and
 * ends, if it is not killed.
 */
import { parseAddress } from "../../../lib/core/address.ts";
import { Journal } from "../../../lib/server/journal/journal.ts";
import { Leases } from "../../../lib/server/leases/leases.ts";
import { CommandReport } from "../../../lib/server/log/command_report.ts";
import { Report } from "../../../lib/server/log/report.ts";
import { Runner } from "../../../lib/server/commands/runner.ts";
import { realSystem } from "../../../lib/server/system.ts";
import { Tally } from "../../../lib/server/log/tally.ts";
import { alice, rotatingDoor } from "../knocks/rotation/rotation_world.ts";
import { memoryLog } from "../log/memory_log.ts";

/** Points besides those of the journal: while a command runs, before it has an effect. */
export const WHILE_A_COMMAND_RUNS = ["start runs", "stop runs"] as const;

/** How long a slow command takes before it has an effect, seconds. */
export const SLOW = 0.7;

/** Whether what runs at this point takes that long. */
export function isSlow(point: string): boolean {
  return WHILE_A_COMMAND_RUNS.some((slow) => slow === point);
}

if (import.meta.main) {
  const [directory = "", killAt] = Deno.args;
  await live(directory, killAt);
}

/** Lives such a life, to its end or to a point where it is killed; gives its log. */
export async function live(directory: string, killAt?: string): Promise<string> {
  const seen = new Map<string, number>();
  const die = () => Deno.kill(Deno.pid, "SIGKILL");
  const system = realSystem();
  const { logger, lines } = memoryLog();
  const report = new Report(logger, new Tally(() => system.now()));
  const journal = await Journal.open(`${directory}/state`, {
    onPoint(point) {
      seen.set(point, (seen.get(point) ?? 0) + 1);
      const count = seen.get(point)!;
      if (killAt === (count === 1 ? point : `${point} ${count}`)) die();
    },
  });
  const runner = new Runner({
    system,
    report: new CommandReport(logger),
    env: { PATH: "/usr/bin:/bin" },
  });
  const leases = new Leases({ system, runner, journal, report, bootId: "boot" });
  leases.restore();
  const command = (word: "open" | "close", slow: boolean) => {
    const write = `echo ${word} >> ${directory}/firewall`;
    return { ipv4: slow ? `sleep ${SLOW}; ${write}` : write };
  };
  const door = rotatingDoor("ssh", [alice], {}, {
    start: command("open", killAt === "start runs"),
    stop: command("close", killAt === "stop runs"),
    cmdTimeout: 0.2,
  });
  const address = parseAddress("10.0.0.1")!;
  for (let knock = 0; knock < 2; knock++) {
    leases.openAll([{ door, address, port: 7000, client: alice, counter: 7 }]);
  }
  leases.openAll([{ door, address, port: 7000 }]);
  if (killAt === "start runs") die();
  while (leases.list().length > 0) {
    if (killAt === "stop runs" && leases.list()[0]!.stage === "closing") die();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await leases.end(() => false);
  journal[Symbol.dispose]();
  return lines.join("\n");
}
