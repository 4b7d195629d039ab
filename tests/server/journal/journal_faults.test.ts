import assert from "node:assert/strict";
import { Journal } from "../../../lib/server/journal/journal.ts";
import { LEASE, SERIES, STEPS } from "./journal_program.ts";
import { withStateDirectory } from "../state_directory.ts";

const PROGRAM = new URL("./journal_program.ts", import.meta.url).pathname;

function start(directory: string, killAt: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", PROGRAM, directory, killAt],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function contents(directory: string) {
  using journal = await Journal.open(directory);
  const { leases, garbled } = journal.leases();
  assert.deepEqual(garbled, []);
  return {
    highest: journal.highest(SERIES),
    leases: leases.map((lease) => `${lease.id} ${lease.stage} ${lease.closesAt}`),
  };
}

for (const [index, { operation, holds }] of STEPS.entries()) {
  for (const when of ["before", "after"]) {
    Deno.test(`journal killed ${when} ${operation} holds all that was done, and no more`, () =>
      withStateDirectory(async (directory) => {
        const child = start(directory, `${when} ${operation}`);
        await child.stdin.close();
        const { signal, stdout } = await child.output();
        assert.equal(signal, "SIGKILL");
        const done = new TextDecoder().decode(stdout).split("\n").filter(Boolean);
        assert.deepEqual(done, STEPS.slice(0, index).map((step) => step.operation));
        const nothing = { highest: undefined, leases: [] };
        const before = STEPS[index - 1]?.holds ?? nothing;
        assert.deepEqual(await contents(directory), when === "after" ? holds : before);
      }));
  }
}

Deno.test("journal killed while it was made leaves no draft behind", () =>
  withStateDirectory(async (directory) => {
    const child = start(directory, "before create");
    await child.stdin.close();
    await child.output();
    const names = () => [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
    assert.deepEqual(names(), ["journal.db.new", "lock"]);
    await contents(directory);
    assert.deepEqual(names(), ["journal.db", "lock"]);
  }));

Deno.test("journal in use refuses a second daemon by the first one's pid until kill -9", () =>
  withStateDirectory(async (directory) => {
    const child = start(directory, "end of input");
    const reader = child.stdout.getReader();
    let printed = "";
    while (!printed.endsWith("batch\n")) {
      printed += new TextDecoder().decode((await reader.read()).value);
    }
    await assert.rejects(Journal.open(directory), {
      name: "Failure",
      message: `${directory}: another knockd is running here (process ${child.pid})`,
    });
    child.kill("SIGKILL");
    reader.releaseLock();
    await Promise.all([child.stdin.close().catch(() => {}), child.output()]);
    assert.deepEqual(await contents(directory), STEPS.at(-1)?.holds);
  }));

Deno.test("journal that fails before a commit knows the counter as spent, and goes on", () =>
  withStateDirectory(async (directory) => {
    let broken = true;
    using journal = await Journal.open(directory, {
      onPoint: (point) => {
        if (broken && point === "before spend and begin") throw new Error("disk on fire");
      },
    });
    assert.throws(() => journal.spendAndBegin(SERIES, 7, LEASE), {
      name: "JournalError",
      message: `${directory}/journal.db: disk on fire`,
    });
    assert.equal(journal.highest(SERIES), 7);
    assert.deepEqual(journal.leases().leases, []);
    broken = false;
    assert.equal(journal.spendAndBegin(SERIES, 7, LEASE), "used");
    assert.equal(typeof journal.spendAndBegin(SERIES, 8, LEASE), "number");
    assert.equal(journal.spendAndBegin(SERIES, 8, LEASE), "used");
    assert.equal(journal.leases().leases.length, 1);
    journal.resync(SERIES, 3);
    assert.deepEqual([7, 8, 6].map((counter) => journal.isSpent(SERIES, counter)), [
      true,
      true,
      false,
    ]);
  }));
