import assert from "node:assert/strict";
import { Journal } from "../../lib/server/journal/journal.ts";
import { run } from "../lab/process.ts";

const program = new URL("../lab/journal_disk_program.ts", import.meta.url).pathname;

/** Runs a test of the program on a disk of 1 MiB that nobody else sees. */
async function onSmallDisk(test: string): Promise<string[]> {
  const directory = await Deno.makeTempDir();
  const script = `mount -t tmpfs -o size=1m,mode=700 tmpfs "$3"
    exec "$0" run --quiet --allow-all "$1" "$2" "$3"`;
  const unshare = ["--mount", "--propagation", "private", "sh", "-ec", script];
  try {
    const argv = ["unshare", ...unshare, Deno.execPath(), program, test, directory];
    const { stdout, stderr } = await run(argv);
    return (stdout + stderr).trimEnd().split("\n");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const FULL =
  "JournalError: DISK/state/journal.db: the disk is full [make room, then try again]";

Deno.test("journal on a disk that fills up knows what was to be spent, and goes on when there is room", async () => {
  assert.deepEqual(await onSmallDisk("full while running"), [
    "spend 1: spent",
    `spend: ${FULL}`,
    `begin: ${FULL}`,
    "known as spent since: 1",
    "spend again: used",
    "begin again: used",
    "spend the next: spent",
    "begin the next: 1",
  ]);
});

Deno.test("journal on a full disk is not begun, and is begun when there is room", async () => {
  assert.deepEqual(await onSmallDisk("full at the first start"), [
    `open: ${FULL}`,
    "spend: spent",
  ]);
});

Deno.test("journal on a full disk still says which doors are to be closed", async () => {
  assert.deepEqual(await onSmallDisk("full at a later start"), [
    "leases: 1",
    `end: ${FULL}`,
    "end again: ",
    "leases then: 0",
  ]);
});

Deno.test("journal on a full disk is taken over with all that is in its log, or not yet", async () => {
  assert.deepEqual(await onSmallDisk("full at a take-over"), [
    "take over: false",
    "take over then: true",
    "leases: 50",
  ]);
});

Deno.test("journal on a read-only disk refuses to open and forgets nothing", async () => {
  const hint = "mount it writable, or set state_dir to a directory on a disk that is";
  const refusal = `JournalError: DISK/state: the disk is read-only [${hint}]`;
  assert.deepEqual(await onSmallDisk("read-only"), [
    `first open: ${refusal}`,
    `open: ${refusal}`,
    "spend 9: used",
  ]);
});

Deno.test("journal refuses a directory and a database of another user's", async () => {
  const directory = await Deno.makeTempDir();
  try {
    (await Journal.open(`${directory}/state`))[Symbol.dispose]();
    Deno.chownSync(`${directory}/state/journal.db`, 4321, 4321);
    await assert.rejects(Journal.open(`${directory}/state`), /not the daemon's alone/);
    Deno.chownSync(`${directory}/state`, 4321, 4321);
    await assert.rejects(
      Journal.open(`${directory}/state`),
      /belongs to user 4321, not to the daemon's user 0/,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
