import assert from "node:assert/strict";
import { Journal } from "../../../lib/server/journal/journal.ts";
import { LEASE, SERIES } from "./journal_program.ts";
import { withStateDirectory } from "../state_directory.ts";

Deno.test("journal that a daemon made wants to be told of the past, until it is", () =>
  withStateDirectory(async (directory) => {
    {
      using journal = await Journal.open(directory, { pastUnknown: true });
      assert.equal(journal.pastUnknown, true);
    }
    {
      using journal = await Journal.open(directory);
      assert.equal(journal.pastUnknown, true, "a crash in between forgets nothing");
      journal.settlePast([{ series: SERIES, counter: 8 }]);
      assert.equal(journal.pastUnknown, false);
      assert.equal(journal.spend(SERIES, 8), "used");
      assert.equal(journal.spend(SERIES, 9), "spent");
    }
    using journal = await Journal.open(directory, { pastUnknown: true });
    assert.equal(journal.pastUnknown, false);
  }));

Deno.test("journal that was made beforehand knows its past", () =>
  withStateDirectory(async (directory) => {
    (await Journal.open(directory))[Symbol.dispose]();
    using journal = await Journal.open(directory, { pastUnknown: true });
    assert.equal(journal.pastUnknown, false);
  }));

Deno.test("journal counts anew after a resync, and what was spent above stays spent", () =>
  withStateDirectory(async (directory) => {
    {
      using journal = await Journal.open(directory);
      for (const counter of [3, 5000, 5001, 5007]) journal.spend(SERIES, counter);
      journal.resync(SERIES, 10);
    }
    using journal = await Journal.open(directory);
    assert.equal(journal.highest(SERIES), 10);
    for (const counter of [3, 10, 5000, 5001, 5007]) {
      assert.equal(journal.isSpent(SERIES, counter), true);
      assert.equal(journal.spend(SERIES, counter), "used");
    }
    assert.equal(journal.spend(SERIES, 11), "spent");
    assert.equal(journal.spend(SERIES, 5002), "spent");
  }));

Deno.test("journal of the first version holds everything below its counter spent", () =>
  withStateDirectory(async (directory) => {
    {
      using journal = await Journal.open(directory);
      journal.settlePast([{ series: SERIES, counter: 7000 }]);
      journal.resync(SERIES, 10);
      assert.equal(journal.spend(SERIES, 6999), "used");
      assert.equal(journal.spend(SERIES, 7001), "spent");
    }
  }));

for (const what of ["journal.db", "journal.db-wal"]) {
  Deno.test(`journal whose ${what} was taken away spends nothing, and keeps leases`, () =>
    withStateDirectory(async (directory) => {
      const gone: string[] = [];
      const onGone = (path: string) => void gone.push(path);
      using journal = await Journal.open(directory, { onGone });
      assert.equal(journal.spend(SERIES, 1), "spent");
      Deno.removeSync(`${directory}/${what}`);
      for (const counter of [2, 3]) {
        assert.throws(() => journal.spend(SERIES, counter), /journal was taken away/);
      }
      assert.ok(journal.beginLease(LEASE) > 0);
      assert.deepEqual(gone, [`${directory}/journal.db`]);
      Deno.writeTextFileSync(`${directory}/${what}`, "another", { mode: 0o600 });
      assert.throws(() => journal.spend(SERIES, 4), /journal was taken away/);
    }));
}
