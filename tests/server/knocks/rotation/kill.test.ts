import assert from "node:assert/strict";
import type { JournalPoint } from "../../../../lib/server/journal/journal.ts";
import { memoryDirectory } from "../../state_directory.ts";
import { hear, hearAndDie, started } from "./one_knock.ts";
import { ALICE } from "./rotation_world.ts";

const OPENED = `alice ${ALICE}`;
const USED = "alice: this sequence, or a later one, was used already";

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
    const left = `${directory}/left`;
    try {
      await hearAndDie(directory, kind, killAt);
      assert.equal(started(left), before);
      assert.equal(await hear(left, kind), again);
      assert.equal(started(left), again === OPENED ? before + 1 : before);
      assert.ok(started(left) <= 1);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}
