/**
 * Uses a journal on a small disk of its own, for journal_disk.test.ts:
 * `journal_disk_program.ts TEST DIRECTORY`. Prints what came of it.
 *
 * @module
 */
import { Failure } from "../../lib/core/failure.ts";
import { Journal } from "../../lib/server/journal/journal.ts";
import { LEASE, SERIES } from "../server/journal/journal_program.ts";

const [test, disk = ""] = Deno.args;
const state = `${disk}/state`;
const filler = `${disk}/filler`;

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

if (test === "full while running") {
  using journal = await Journal.open(state);
  await show("spend 1", () => journal.spend(SERIES, 1));
  fillDisk();
  await show("spend 2", () => journal.spend(SERIES, 2));
  await show("begin", () => journal.spendAndBegin(SERIES, 3, LEASE));
  await show("highest", () => journal.highest(SERIES));
  Deno.removeSync(filler);
  await show("spend 2 again", () => journal.spend(SERIES, 2));
  await show("begin again", () => journal.spendAndBegin(SERIES, 3, LEASE));
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
