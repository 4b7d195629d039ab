/** A daemon that hears one knock on a rotating door, and what would be left of its disk. */
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import type { JournalPoint } from "../../../../lib/server/journal/journal.ts";
import { type FakeProcess, FakeSystem } from "../../fake_system.ts";
import { alice, rotatingDoor, World } from "./rotation_world.ts";

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

/** How often the daemons of a directory have run the command that opens. */
export function started(directory: string): number {
  try {
    const text = Deno.readTextFileSync(`${directory}/trace`);
    return text.split("\n").filter((line) => line === "start").length;
  } catch {
    return 0;
  }
}

/** Has a daemon hear it; gives what it said. */
export async function hear(
  directory: string,
  kind: "plain" | "closing",
  onPoint: (point: JournalPoint) => void = () => {},
): Promise<string> {
  const system = new TracingSystem(`${directory}/trace`);
  const start = { ipv4: ["start"] };
  const closing = { start, stop: { ipv4: ["stop"] }, cmdTimeout: 100 };
  const door = rotatingDoor("ssh", [alice], {}, kind === "closing" ? closing : { start });
  let said = "";
  await World.runIn(`${directory}/state`, [door], async (world) => {
    world.knock(alice);
    await system.advance(10);
    said = [...world.openings, ...world.refusals].join("\n");
  }, { system, journal: { onPoint } });
  return said;
}

/**
 * What a kill at a point leaves, by a copy of the files at that moment: what was written
 * by then is the kernel's, and what comes later is written somewhere else.
 */
export async function hearAndDie(
  directory: string,
  kind: "plain" | "closing",
  killAt: JournalPoint,
): Promise<void> {
  const lived = `${directory}/lived`;
  Deno.mkdirSync(lived);
  let died = 0;
  await hear(lived, kind, (point) => {
    if (point !== killAt || died++ > 0) return;
    cpSync(lived, `${directory}/left`, { recursive: true });
  });
  assert.ok(died > 0, `there was no ${killAt}`);
}
