import assert from "node:assert/strict";
import { Journal } from "../../../lib/server/journal/journal.ts";
import { LEASE, SERIES } from "./journal_program.ts";
import { LOG_KEPT } from "../../../lib/server/journal/database_files.ts";
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
    assert.equal(
      journal.unknownUpTo(SERIES),
      8,
      "what nobody knew then is not known now",
    );
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

for (const what of ["journal.db", "journal.db-wal"]) {
  Deno.test(`journal whose ${what} was cut off spends nothing, and keeps leases`, () =>
    withStateDirectory(async (directory) => {
      const gone: string[] = [];
      const onGone = (path: string) => void gone.push(path);
      using journal = await Journal.open(directory, { onGone });
      for (const n of [1, 2, 3]) assert.equal(journal.spend(SERIES, n), "spent");
      Deno.truncateSync(`${directory}/${what}`, 100);
      assert.throws(() => journal.spend(SERIES, 4), /journal was taken away or cut off/);
      assert.ok(journal.beginLease(LEASE) > 0);
      assert.deepEqual(gone, [`${directory}/journal.db`]);
      assert.equal(journal.lasts, false);
    }));
}

Deno.test("journal that grows, is checkpointed and cut to size by SQLite is there all the while", () =>
  withStateDirectory(async (directory) => {
    using journal = await Journal.open(directory, { onGone: assert.fail });
    const lease = { ...LEASE, door: "d".repeat(200) };
    const sizes: number[] = [];
    for (let round = 0; round < 12; round++) {
      const many = round === 3 ? 12_000 : 100;
      const ids = journal.batch(() =>
        Array.from({ length: many }, () => journal.beginLease(lease))
      );
      sizes.push(Deno.statSync(`${directory}/journal.db-wal`).size);
      assert.equal(journal.spend(SERIES, round), "spent");
      journal.noteLeases(ids.map((id) => ({ id, changes: undefined })));
    }
    assert.equal(journal.lasts, true);
    assert.ok(Math.max(...sizes) > LOG_KEPT);
    assert.equal(sizes.at(-1), LOG_KEPT, "SQLite has cut its log off");
  }));
