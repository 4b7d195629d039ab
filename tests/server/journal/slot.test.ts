import assert from "node:assert/strict";
import type { Config } from "../../../lib/config/config.ts";
import { loadSource } from "../../../lib/config/load.ts";
import { Failure } from "../../../lib/core/failure.ts";
import { Journal } from "../../../lib/server/journal/journal.ts";
import { JournalSlot } from "../../../lib/server/journal/slot.ts";
import { takeOver } from "../../../lib/server/journal/take_over.ts";
import { LEASE } from "./journal_program.ts";

const PLAIN = '[doors.a]\nsequence = "1,2,3"\ncommand = "x"\n';
const STOPS =
  '[doors.ssh]\nsequence = "1,2,3"\nstart_command = "x"\nstop_command = "y"\n';

async function config(text: string, stateDir?: string): Promise<Config> {
  const said = stateDir === undefined ? "" : `state_dir = "${stateDir}"\n`;
  const source = { path: "/k.toml", text: `[options]\n${said}${text}`, mode: 0o600 };
  const { config } = await loadSource({ ...source, owner: 0 });
  assert.ok(config);
  return config;
}

async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const slot = (said: string[] = []) =>
  JournalSlot.empty((stateDir) => Journal.open(stateDir), (line) => said.push(line));
const files = (directory: string) =>
  [...Deno.readDirSync(directory)].map(({ name }) => name).sort();

Deno.test("no journal is opened for doors that have nothing to note", () =>
  inDirectory(async (directory) => {
    const empty = await slot();
    await empty.provideFor(await config(PLAIN, directory));
    assert.deepEqual(files(directory), []);
    assert.deepEqual(empty.journal.leases().leases, []);
  }));

Deno.test("the first config that needs the journal has it opened", () =>
  inDirectory(async (directory) => {
    const later = await slot();
    await later.provideFor(await config(PLAIN, directory));
    await later.provideFor(await config(STOPS, directory));
    assert.ok(files(directory).includes("journal.db"));
    later.journal[Symbol.dispose]();
  }));

Deno.test("a journal that is there is opened, whatever the doors: some may be open", () =>
  inDirectory(async (directory) => {
    const before = await Journal.open(directory);
    before.beginLease(LEASE);
    before[Symbol.dispose]();
    const next = await slot();
    await next.provideFor(await config(PLAIN, directory));
    assert.equal(next.journal.leases().leases.length, 1);
    next.journal[Symbol.dispose]();
  }));

Deno.test("where nothing can be written the daemon is told what that costs", async () => {
  for (const code of ["EACCES", "EPERM", "EROFS"]) {
    const said: string[] = [];
    const unwritable = await JournalSlot.empty(
      () => Promise.reject(new Failure("/s: it is so", undefined, { cause: { code } })),
      (line) => said.push(line),
    );
    await unwritable.provideFor(await config(STOPS, "/s"));
    assert.match(said.join(), /^\/s: it is so: no journal: what is open when /);
    assert.throws(() => unwritable.journal.spend({} as never, 1), /there is no journal/);
    assert.throws(() => unwritable.journal.highest({} as never), /there is no journal/);
    unwritable.journal.beginLease(LEASE);
  }
});

Deno.test("without any place for a journal the daemon runs without", async () => {
  const said: string[] = [];
  const nowhere = await slot(said);
  await nowhere.provideFor(await config(STOPS));
  assert.match(said.join(), /^there is no place for a journal: /);
});

Deno.test("a journal that is damaged or in use is a failure still", () =>
  inDirectory(async (directory) => {
    const other = await Journal.open(directory);
    const late = await slot();
    await assert.rejects(late.provideFor(await config(STOPS, directory)), Failure);
    other[Symbol.dispose]();
    await Deno.truncate(`${directory}/journal.db`, 10);
    await assert.rejects(late.provideFor(await config(STOPS, directory)), Failure);
  }));

/** Takes over from one directory below to the other, named ones being any. */
async function takeOverIn(directory: string, text: string): Promise<boolean> {
  const loaded = await config(text, `${directory}/named`);
  return await takeOver(loaded, `${directory}/common`, /\/named$/);
}

async function commonJournal(directory: string, door: string): Promise<void> {
  const journal = await Journal.open(`${directory}/common`);
  journal.beginLease({ ...LEASE, door });
  journal[Symbol.dispose]();
}

/** Has the files of a journal be as a daemon that is killed leaves them. */
async function leftByKill(directory: string): Promise<void> {
  const paths = ["journal.db", "journal.db-wal"].map((name) => `${directory}/${name}`);
  const journal = await Journal.open(directory);
  const contents = paths.map((path) => [path, Deno.readFileSync(path)] as const);
  journal[Symbol.dispose]();
  for (const [path, bytes] of contents) Deno.writeFileSync(path, bytes, { mode: 0o600 });
}

Deno.test("a journal that holds this config's doors alone is taken over, once", () =>
  inDirectory(async (directory) => {
    await commonJournal(directory, "ssh");
    await leftByKill(`${directory}/common`);
    assert.equal(await takeOverIn(directory, STOPS), true);
    assert.ok(!files(`${directory}/common`).includes("journal.db"));
    const own = await Journal.open(`${directory}/named`);
    assert.equal(own.leases().leases[0]?.door, "ssh");
    assert.equal(own.pastUnknown, false);
    own[Symbol.dispose]();
    await commonJournal(directory, "ssh");
    assert.equal(await takeOverIn(directory, STOPS), false);
  }));

Deno.test("a journal of other doors, or of a daemon that runs, stays where it is", () =>
  inDirectory(async (directory) => {
    assert.equal(await takeOverIn(directory, STOPS), false);
    await commonJournal(directory, "b");
    assert.equal(await takeOverIn(directory, STOPS), false);
    await Deno.remove(`${directory}/common/journal.db`);
    await commonJournal(directory, "ssh");
    using _running = await Journal.open(`${directory}/common`);
    assert.equal(await takeOverIn(directory, STOPS), false);
  }));

Deno.test("where nobody can look for a common journal there is none to take over", () =>
  inDirectory(async (directory) => {
    // As good as a directory of another user's, which root can look into.
    await Deno.writeTextFile(`${directory}/common`, "");
    assert.equal(await takeOverIn(directory, STOPS), false);
    await Deno.remove(`${directory}/common`);
    await commonJournal(directory, "ssh");
    await Deno.writeTextFile(`${directory}/named`, "");
    assert.equal(await takeOverIn(directory, STOPS), false);
  }));
