/**
 * Uses a journal on a small disk of its own, for journal_disk.test.ts:
 * `journal_disk_program.ts TEST DIRECTORY`. Prints what came of it.
 *
 * @module
 */
import { Failure } from "../../lib/core/failure.ts";
import { loadSource } from "../../lib/config/load.ts";
import { Journal } from "../../lib/server/journal/journal.ts";
import { takeOver } from "../../lib/server/journal/take_over.ts";
import { LEASE, SERIES } from "../server/journal/journal_program.ts";

const [test, disk = ""] = Deno.args;
const state = `${disk}/state`;
const filler = `${disk}/filler`;
/** Commits that fit into a block of the disk, and some. */
const MOST_IN_A_BLOCK = 10;

/** Prints what `work` gave, or how it failed. */
async function show(name: string, work: () => unknown): Promise<void> {
  try {
    console.log(`${name}: ${await work()}`);
  } catch (error) {
    const hint = error instanceof Failure ? error.hint : undefined;
    console.log(`${name}: ${String(error).replaceAll(disk, "DISK")} [${hint}]`);
  }
}

/** Writes until nothing fits any more, not even a byte. */
function fillDisk(): void {
  using file = Deno.openSync(filler, { create: true, append: true });
  for (let size = 65_536; size >= 1; size >>= 1) {
    try {
      for (;;) file.writeSync(new Uint8Array(size));
    } catch {
      continue;
    }
  }
}

function isSpent(journal: Journal, counter: number): boolean {
  try {
    return journal.spend(SERIES, counter) === "spent";
  } catch {
    return false;
  }
}

if (test === "full while running") {
  using journal = await Journal.open(state);
  await show("spend 1", () => journal.spend(SERIES, 1));
  fillDisk();
  let next = 2;
  // The last block of a file has room for some more that are written to its end.
  while (next < MOST_IN_A_BLOCK && isSpent(journal, next)) next++;
  // What did not fit is known as spent.
  next++;
  await show("spend", () => journal.spend(SERIES, next));
  await show("begin", () => journal.spendAndBegin(SERIES, next + 1, LEASE));
  await show("known as spent since", () => journal.highest(SERIES)! - next);
  Deno.removeSync(filler);
  await show("spend again", () => journal.spend(SERIES, next));
  await show("begin again", () => journal.spendAndBegin(SERIES, next + 1, LEASE));
  await show("spend the next", () => journal.spend(SERIES, next + 2));
  await show("begin the next", () => journal.spendAndBegin(SERIES, next + 3, LEASE));
}

if (test === "full at the first start") {
  Deno.mkdirSync(state, { mode: 0o700 });
  fillDisk();
  await show("open", () => Journal.open(state));
  Deno.removeSync(filler);
  using journal = await Journal.open(state);
  await show("spend", () => journal.spend(SERIES, 1));
}

if (test === "full at a later start") {
  {
    using journal = await Journal.open(state);
    journal.beginLease(LEASE);
  }
  fillDisk();
  using journal = await Journal.open(state);
  await show("leases", () => journal.leases().leases.length);
  await show("end", () => journal.noteLeases([{ id: 1, changes: undefined }]));
  Deno.removeSync(filler);
  await show("end again", () => journal.noteLeases([{ id: 1, changes: undefined }]));
  await show("leases then", () => journal.leases().leases.length);
}

if (test === "full at a take-over") {
  const [common, named] = [`${disk}/common`, `${disk}/named`];
  Deno.mkdirSync(named, { mode: 0o700 });
  Deno.writeTextFileSync(`${named}/lock`, "a name");
  const killed = await Journal.open(common);
  for (let left = 50; left > 0; left--) {
    killed.beginLease({ ...LEASE, stopShown: "x".repeat(3000) });
  }
  const paths = ["journal.db", "journal.db-wal"].map((name) => `${common}/${name}`);
  const files = paths.map((path) => [path, Deno.readFileSync(path)] as const);
  killed[Symbol.dispose]();
  for (const [path, bytes] of files) Deno.writeFileSync(path, bytes, { mode: 0o600 });
  // What the closed one had grown by is free again.
  Deno.truncateSync(paths[0]!, files[0]![1].length);
  fillDisk();
  const text = `[options]
    state_dir = "${named}"
    [doors.ssh]
    sequence = [7000, 8000, 9000]
    start_command = "true"
    stop_command = "true"`;
  const source = { path: `${disk}/knock.toml`, text, mode: 0o600, owner: 0 };
  const { config } = await loadSource(source);
  const isNamed = /\/named$/;
  await show("take over", () => takeOver(config!, common, isNamed));
  Deno.removeSync(filler);
  await show("take over then", () => takeOver(config!, common, isNamed));
  using journal = await Journal.open(named);
  await show("leases", () => journal.leases().leases.length);
}

if (test === "read-only") {
  const remount = async (mode: string) => {
    const args = ["-o", `remount,${mode}`, disk];
    const { success } = await new Deno.Command("mount", { args }).output();
    if (!success) throw new Error(`can't remount ${disk}`);
  };
  await remount("ro");
  await show("first open", () => Journal.open(state));
  await remount("rw");
  {
    using journal = await Journal.open(state);
    journal.spend(SERIES, 9);
  }
  await remount("ro");
  await show("open", () => Journal.open(state));
  await remount("rw");
  using journal = await Journal.open(state);
  await show("spend 9", () => journal.spend(SERIES, 9));
}
