import assert from "node:assert/strict";
import { Tally } from "../../../lib/server/log/tally.ts";

Deno.test("ten thousand doors keep their numbers, whatever happens at the others", () => {
  const tally = new Tally(() => 0);
  const names = Array.from({ length: 10_000 }, (_, i) => `d${i}`);
  for (const name of names) {
    tally.counted(name, "rate");
    tally.commands.took(name, 1);
  }
  assert.deepEqual(tally.ofDoor("d0"), { opened: 0, failed: { rate: 1 } });
  assert.equal(tally.commands.list().length, 10_000);
});
