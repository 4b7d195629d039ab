import assert from "node:assert/strict";
import { Journal } from "../../../lib/server/journal/journal.ts";
import { LEASE, SERIES } from "./journal_program.ts";
import { withStateDirectory } from "../state_directory.ts";

/** Bytes of a log before the end of its first page. */
const BEFORE_A_PAGE = 32 + 24 + 1024 - 1;

/** Puts into `to` what a daemon that is killed now leaves: of its log so many bytes. */
function leave(from: string, to: string, length: number): void {
  Deno.mkdirSync(to, { mode: 0o700 });
  const options = { mode: 0o600 };
  Deno.writeFileSync(
    `${to}/journal.db`,
    Deno.readFileSync(`${from}/journal.db`),
    options,
  );
  const log = Deno.readFileSync(`${from}/journal.db-wal`).subarray(0, length);
  if (length > 0) Deno.writeFileSync(`${to}/journal.db-wal`, log, options);
}

/** Opens a journal; what it was told of its log. */
async function open(directory: string): Promise<[Journal, string[]]> {
  const lost: string[] = [];
  const onLogLost = (path: string) => void lost.push(path);
  return [await Journal.open(directory, { onLogLost }), lost];
}

for (const length of [0, 1, 60, BEFORE_A_PAGE]) {
  Deno.test(`journal of which ${length} bytes of the log are left wants to be told of the past`, () =>
    withStateDirectory(async (directory) => {
      {
        using journal = await Journal.open(directory);
        journal.spend(SERIES, 9);
      }
      using used = await Journal.open(directory);
      used.spend(SERIES, 10);
      leave(directory, `${directory}/left`, length);
      {
        const [journal, lost] = await open(`${directory}/left`);
        using _ = journal;
        assert.deepEqual(lost, [`${directory}/left/journal.db`]);
        assert.equal(journal.pastUnknown, true);
        journal.settlePast([{ series: SERIES, counter: 8 }]);
        assert.equal(journal.highest(SERIES), 9, "what is known is not forgotten");
        journal.settlePast([{ series: SERIES, counter: 11 }]);
        assert.equal(journal.spend(SERIES, 10), "used");
      }
      const [journal, lost] = await open(`${directory}/left`);
      using _ = journal;
      assert.deepEqual([journal.pastUnknown, lost], [false, []], "it is told once");
    }));
}

Deno.test("journal that was killed with its log, or closed, knows its past", () =>
  withStateDirectory(async (directory) => {
    for (const round of ["made", "opened"]) {
      using used = await Journal.open(directory);
      const left = `${directory}/${round}`;
      leave(directory, left, Infinity);
      for (const again of ["killed", "closed"]) {
        const [journal, lost] = await open(left);
        using _ = journal;
        const why = `${round}, ${again}`;
        assert.deepEqual([journal.pastUnknown, lost], [false, []], why);
      }
      used.spend(SERIES, 1);
    }
  }));

for (const length of [0, 60, BEFORE_A_PAGE + 1]) {
  Deno.test(`journal whose log was cut to ${length} bytes under a daemon wants to be told of the past`, () =>
    withStateDirectory(async (directory) => {
      for (const counter of [5, 10]) {
        const used = await Journal.open(directory, { onGone: () => {} });
        for (const each of [counter, counter + 1]) used.spend(SERIES, each);
        const id = used.beginLease(LEASE);
        Deno.truncateSync(`${directory}/journal.db-wal`, length);
        // What is written behind the hole is no part of the database.
        used.noteLeases([{ id, changes: undefined }]);
        used.beginLease(LEASE);
        used[Symbol.dispose]();
        const [journal, lost] = await open(directory);
        using _ = journal;
        assert.deepEqual([journal.pastUnknown, lost.length], [true, 1]);
        journal.settlePast([{ series: SERIES, counter }]);
        assert.equal(journal.highest(SERIES), counter);
      }
    }));
}
