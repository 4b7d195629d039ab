import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { Failure } from "../../../lib/core/failure.ts";
import { Journal } from "../../../lib/server/journal/journal.ts";
import { LEASE, SERIES } from "./journal_program.ts";
import { withStateDirectory } from "../state_directory.ts";

const SPENT = 1_000;
const CLIENTS = 200;
const PAGE = 1024;

/** Files of a journal: closed properly, or as kill -9 leaves them. */
interface Files {
  readonly database: Uint8Array<ArrayBuffer>;
  readonly log?: Uint8Array<ArrayBuffer>;
}

const series = (client: number) => ({ ...SERIES, id: `${client}`.padStart(32, "0") });

async function makeFiles(directory: string): Promise<{ closed: Files; killed: Files }> {
  const path = `${directory}/journal.db`;
  const journal = await Journal.open(directory);
  for (let client = 0; client < CLIENTS; client++) journal.spend(series(client), SPENT);
  journal.beginLease(LEASE);
  const killed = {
    database: Deno.readFileSync(path),
    log: Deno.readFileSync(`${path}-wal`),
  };
  journal[Symbol.dispose]();
  return { closed: { database: Deno.readFileSync(path) }, killed };
}

function put(directory: string, { database, log }: Files): void {
  for (const name of ["journal.db", "journal.db-wal"]) {
    try {
      Deno.removeSync(`${directory}/${name}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  const options = { mode: 0o600 };
  Deno.writeFileSync(`${directory}/journal.db`, database, options);
  if (log) Deno.writeFileSync(`${directory}/journal.db-wal`, log, options);
}

/** Opens a journal that may be damaged: it says so, or it has forgotten nothing. */
async function isDetected(directory: string, forgivable = 0): Promise<boolean> {
  let journal: Journal;
  try {
    journal = await Journal.open(directory);
  } catch (error) {
    assert.ok(error instanceof Failure && error.hint, String(error));
    return true;
  }
  using open = journal;
  let forgotten = 0;
  for (let client = 0; client < CLIENTS; client++) {
    if (open.highest(series(client)) !== SPENT) forgotten++;
  }
  const { leases, garbled } = open.leases();
  for (const { id: _, stage, attempts, ...lease } of leases) {
    assert.deepEqual({ lease, stage, attempts }, {
      lease: LEASE,
      stage: "opening",
      attempts: 0,
    });
  }
  if (leases.length + garbled.length !== 1) forgotten++;
  assert.ok(forgotten <= forgivable, `${forgotten} forgotten`);
  return false;
}

const DAMAGED = { name: "JournalError", message: /: the journal is damaged: / };

Deno.test("journal of any length but its own is damaged, an empty file too", () =>
  withStateDirectory(async (directory) => {
    const { closed: { database } } = await makeFiles(directory);
    const lengths = [0, 1, 16, 99, 100, 512, 4095, 4096, 4097, 8192];
    for (const length of [...lengths, database.length - 4096, database.length - 1]) {
      put(directory, { database: database.slice(0, length) });
      await assert.rejects(Journal.open(directory), DAMAGED, `${length} bytes`);
      const left = Deno.readFileSync(`${directory}/journal.db`);
      assert.deepEqual(left, database.slice(0, length), "the evidence stays as it was");
    }
  }));

Deno.test("journal of garbage is damaged", () =>
  withStateDirectory(async (directory) => {
    await makeFiles(directory);
    put(directory, { database: new TextEncoder().encode("garbage\n".repeat(1024)) });
    await assert.rejects(Journal.open(directory), DAMAGED);
  }));

Deno.test("journal whose log is a pipe, a link, or endless is damaged", () =>
  withStateDirectory(async (directory) => {
    const log = `${directory}/journal.db-wal`;
    const { closed } = await makeFiles(directory);
    const pipe = () => void new Deno.Command("mkfifo", { args: [log] }).outputSync();
    const link = () => Deno.symlinkSync("nowhere", log);
    const endless = () => {
      Deno.writeFileSync(log, new Uint8Array());
      Deno.truncateSync(log, 2 ** 40);
    };
    for (const make of [pipe, link, () => Deno.mkdirSync(log), endless]) {
      put(directory, closed);
      make();
      await assert.rejects(Journal.open(directory), DAMAGED);
    }
  }));

Deno.test("journal of which only the log is left is damaged", () =>
  withStateDirectory(async (directory) => {
    const { killed } = await makeFiles(directory);
    put(directory, killed);
    Deno.removeSync(`${directory}/journal.db`);
    await assert.rejects(Journal.open(directory), DAMAGED);
    await assert.rejects(Journal.open(directory), DAMAGED, "at every start");
  }));

Deno.test("damage says how to go on", () =>
  withStateDirectory(async (directory) => {
    await makeFiles(directory);
    put(directory, { database: new Uint8Array() });
    await assert.rejects(
      Journal.open(directory),
      (error: Failure) =>
        /move journal\.db\* away/.test(error.hint ?? "") &&
        /wait \(2 \* window \+ 1\) \* period seconds/.test(error.hint ?? "") &&
        /enroll the clients of hotp doors/.test(error.hint ?? ""),
    );
  }));

Deno.test("journal with a page in another one's place says so or has forgotten nothing", () =>
  withStateDirectory(async (directory) => {
    const { closed: { database } } = await makeFiles(directory);
    const pages = database.length / PAGE;
    for (let from = 1; from < pages; from++) {
      const to = (from % (pages - 1)) + 1;
      const misplaced = database.slice();
      misplaced.copyWithin(to * PAGE, from * PAGE, (from + 1) * PAGE);
      put(directory, { database: misplaced });
      await isDetected(directory);
    }
  }));

Deno.test("journal with any bit flipped says so or has forgotten nothing", () =>
  withStateDirectory(async (directory) => {
    const { closed: { database } } = await makeFiles(directory);
    let detected = 0;
    const flip = fc.record({
      at: fc.oneof(fc.nat(199), fc.nat(database.length - 1)),
      bit: fc.nat(7),
    });
    await fc.assert(
      fc.asyncProperty(flip, async ({ at, bit }) => {
        const flipped = database.slice();
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        put(directory, { database: flipped });
        if (await isDetected(directory)) detected++;
      }),
      { numRuns: 150 },
    );
    assert.ok(detected > 15, `${detected} detected`);
  }));

Deno.test("log with any bit flipped says so or has forgotten the last commit alone", () =>
  withStateDirectory(async (directory) => {
    const { killed: { database, log = new Uint8Array() } } = await makeFiles(directory);
    put(directory, { database, log });
    assert.equal(await isDetected(directory), false);
    const flip = fc.record({
      at: fc.oneof(fc.nat(100), fc.nat(log.length - 1)),
      bit: fc.nat(7),
    });
    await fc.assert(
      fc.asyncProperty(flip, async ({ at, bit }) => {
        const flipped = log.slice();
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        put(directory, { database, log: flipped });
        await isDetected(directory, 1);
      }),
      { numRuns: 80 },
    );
  }));

Deno.test("log that a power failure cut short anywhere in its last commit is fine", () =>
  withStateDirectory(async (directory) => {
    const { killed: { database, log = new Uint8Array() } } = await makeFiles(directory);
    for (const missing of [1, 500, 1_023, 1_024, 1_047, 1_048]) {
      put(directory, { database, log: log.slice(0, log.length - missing) });
      assert.equal(await isDetected(directory, 1), false, `${missing} bytes missing`);
    }
  }));

/** Does to a closed journal what only somebody with the owner's rights can. */
function tamper(directory: string, sql: string): void {
  using db = new DatabaseSync(`${directory}/journal.db`);
  db.exec(sql);
}

for (
  const [why, sql, message] of [
    [
      "of a newer version",
      "PRAGMA user_version = 3",
      /has version 3, this knockd knows 2/,
    ],
    ["of another program", "PRAGMA application_id = 7", /not a journal of knockd's/],
    ["with a lowered counter", "UPDATE spent SET counter = 3", /counter .* is garbled/],
    ["with a renamed series", "UPDATE spent SET series = 'x'", /counter .* is garbled/],
    ["without a table", "DROP TABLE spent", /tables are not those/],
    [
      "with a trigger",
      "CREATE TRIGGER t AFTER INSERT ON spent BEGIN DELETE FROM spent; END",
      /tables are not those/,
    ],
  ] as const
) {
  Deno.test(`journal ${why} is refused`, () =>
    withStateDirectory(async (directory) => {
      {
        using journal = await Journal.open(directory);
        journal.spend(SERIES, 5);
      }
      tamper(directory, sql);
      await assert.rejects(Journal.open(directory), { name: "JournalError", message });
    }));
}

Deno.test("journal builds no command from a lease that was changed behind its back", () =>
  withStateDirectory(async (directory) => {
    {
      using journal = await Journal.open(directory);
      journal.beginLease(LEASE);
      journal.beginLease({ ...LEASE, door: "web" });
    }
    tamper(
      directory,
      "UPDATE leases SET body = replace(body, 'nft', 'nfs') WHERE id = 1",
    );
    using journal = await Journal.open(directory);
    const { leases, garbled } = journal.leases();
    assert.deepEqual(leases.map(({ door }) => door), ["web"]);
    assert.deepEqual(garbled, [{ id: 1, problem: "its checksum is wrong" }]);
    const changes = { stage: "open" } as const;
    assert.deepEqual(
      journal.noteLeases([{ id: 1, changes }, { id: 2, changes }]),
      garbled,
    );
    assert.equal(journal.leases().leases[0]?.stage, "open");
    journal.noteLeases([{ id: 1, changes: undefined }]);
    assert.deepEqual(journal.leases().garbled, []);
  }));
