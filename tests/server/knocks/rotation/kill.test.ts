import assert from "node:assert/strict";
import type { JournalPoint } from "../../../../lib/server/journal/journal.ts";
import { traceOf } from "./rotation_program.ts";
import { ALICE } from "./rotation_world.ts";
import { memoryDirectory } from "../../state_directory.ts";

const PROGRAM = new URL("./rotation_program.ts", import.meta.url).pathname;
const OPENED = `alice ${ALICE}`;
const USED = "alice: this sequence, or a later one, was used already";

/** Runs a daemon that hears a knock; gives what it says, or the signal that ended it. */
async function hear(directory: string, kind: string, killAt = ""): Promise<string> {
  const { signal, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--allow-all",
      PROGRAM,
      directory,
      kind,
      killAt,
    ],
  }).output();
  return signal ?? new TextDecoder().decode(stdout).trim();
}

/** Where the first daemon dies, how often it has run the command, what the second says. */
const CASES: {
  kind: "plain" | "closing";
  killAt: JournalPoint;
  before: number;
  again: string;
}[] = [
  { kind: "plain", killAt: "before spend", before: 0, again: OPENED },
  { kind: "plain", killAt: "after spend", before: 0, again: USED },
  { kind: "closing", killAt: "before spend and begin", before: 0, again: OPENED },
  { kind: "closing", killAt: "after spend and begin", before: 0, again: USED },
  { kind: "closing", killAt: "before note", before: 1, again: USED },
  { kind: "closing", killAt: "after note", before: 1, again: USED },
];

for (const { kind, killAt, before, again } of CASES) {
  Deno.test(`a knock whose daemon is killed ${killAt} (${kind} door) opens once at most`, async () => {
    const directory = await memoryDirectory();
    const started = async () => {
      const text = await Deno.readTextFile(traceOf(directory)).catch(() => "");
      return text.split("\n").filter((line) => line === "start").length;
    };
    try {
      assert.equal(await hear(directory, kind, killAt), "SIGKILL");
      assert.equal(await started(), before);
      assert.equal(await hear(directory, kind), again);
      assert.equal(await started(), again === OPENED ? before + 1 : before);
      assert.ok(await started() <= 1);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}
