/**
 * A daemon that hears one knock on a rotating door, in a process of its own, which kills
 * itself at a point: `rotation_program.ts DIRECTORY KIND [POINT]`. Each command that it
 * starts leaves a line in a file.
 */
import type { JournalPoint } from "../../../../lib/server/journal/journal.ts";
import { type FakeProcess, FakeSystem } from "../../fake_system.ts";
import { alice, rotatingDoor, World } from "./rotation_world.ts";

/** Where the commands that were started are listed. */
export function traceOf(directory: string): string {
  return `${directory}/trace`;
}

/** A world whose processes leave a trace on disk, and end at once. */
class TracingSystem extends FakeSystem {
  readonly #trace: string;

  constructor(trace: string) {
    super();
    this.#trace = trace;
  }

  override spawn(
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
  ): FakeProcess {
    Deno.writeTextFileSync(this.#trace, `${argv.join(" ")}\n`, { append: true });
    const process = super.spawn(argv, env);
    process.end(0);
    return process;
  }
}

if (import.meta.main) {
  const [directory = "", kind, killAt] = Deno.args;
  const journal = {
    onPoint(point: JournalPoint) {
      if (point === killAt) Deno.kill(Deno.pid, "SIGKILL");
    },
  };
  const system = new TracingSystem(traceOf(directory));
  const start = { ipv4: ["start"] };
  const closing = { start, stop: { ipv4: ["stop"] }, cmdTimeout: 100 };
  const door = rotatingDoor("ssh", [alice], {}, kind === "closing" ? closing : { start });
  await World.runIn(`${directory}/state`, [door], async (world) => {
    world.knock(alice);
    await system.advance(10);
    console.log([...world.openings, ...world.refusals].join("\n"));
  }, { system, journal });
}
