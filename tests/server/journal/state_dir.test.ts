import assert from "node:assert/strict";
import { Journal } from "../../../lib/server/journal/journal.ts";
import { journalFailure } from "../../../lib/server/journal/journal_error.ts";
import { withStateDirectory } from "../state_directory.ts";
import { StateDir } from "../../../lib/server/journal/state_dir.ts";
import { failing, systemError } from "../machine_faults.ts";

for (
  const [why, prepare, message] of [
    [
      "that others can write to",
      (path: string) => {
        Deno.mkdirSync(path);
        Deno.chmodSync(path, 0o777);
      },
      /others can write to it/,
    ],
    [
      "that its group can write to",
      (path: string) => {
        Deno.mkdirSync(path);
        Deno.chmodSync(path, 0o770);
      },
      /others can write to it/,
    ],
    [
      "behind a symbolic link",
      (path: string) => {
        Deno.mkdirSync(`${path}.real`, { mode: 0o700 });
        Deno.symlinkSync(`${path}.real`, path);
      },
      /a symbolic link/,
    ],
    [
      "behind a dangling symbolic link",
      (path: string) => Deno.symlinkSync(`${path}.nowhere`, path),
      /symbolic link|not a directory/,
    ],
    [
      "that is a file",
      (path: string) => Deno.writeTextFileSync(path, ""),
      /not a directory/,
    ],
  ] as const
) {
  Deno.test(`journal refuses a directory ${why}`, () =>
    withStateDirectory(async (path) => {
      prepare(path);
      await assert.rejects(Journal.open(path), { name: "JournalError", message });
    }));
}

Deno.test("journal has nobody shut others out of a directory that all share", () =>
  withStateDirectory(async (path) => {
    Deno.mkdirSync(path);
    Deno.chmodSync(path, 0o1777);
    const hint =
      /^set state_dir to a directory that only the daemon's user can write to$/;
    await assert.rejects(Journal.open(path), { message: /others can write/, hint });
  }));

Deno.test({
  name: "journal says of another user's lock how all of the directory is had",
  ignore: Deno.uid() !== 0,
  fn: () =>
    withStateDirectory(async (path) => {
      (await Journal.open(path))[Symbol.dispose]();
      Deno.chownSync(`${path}/lock`, 1, 1);
      const message = /\/lock: belongs to user 1, not to the daemon's user 0$/;
      const hint = `chown -R 0 ${path}, once you trust what is in it`;
      await assert.rejects(Journal.open(path), { message, hint });
    }),
});

Deno.test("journal refuses a database that others can read", () =>
  withStateDirectory(async (path) => {
    (await Journal.open(path))[Symbol.dispose]();
    Deno.chmodSync(`${path}/journal.db`, 0o640);
    await assert.rejects(Journal.open(path), /not the daemon's alone/);
  }));

Deno.test("journal refuses a database that is a symbolic link", () =>
  withStateDirectory(async (path) => {
    (await Journal.open(path))[Symbol.dispose]();
    Deno.renameSync(`${path}/journal.db`, `${path}/elsewhere.db`);
    Deno.symlinkSync(`${path}/elsewhere.db`, `${path}/journal.db`);
    await assert.rejects(Journal.open(path), /not a regular file/);
  }));

for (const suffix of ["-wal", "-journal"]) {
  Deno.test(`journal beside a pipe, as ${suffix}, is refused, and nobody waits`, () =>
    withStateDirectory(async (path) => {
      (await Journal.open(path))[Symbol.dispose]();
      const pipe = `${path}/journal.db${suffix}`;
      assert.ok((await new Deno.Command("mkfifo", { args: [pipe] }).output()).success);
      await assert.rejects(Journal.open(path), RegExp(`${pipe} is not a regular file`));
    }));
}

Deno.test("journal that could not be opened leaves the directory to the next", () =>
  withStateDirectory(async (path) => {
    (await Journal.open(path))[Symbol.dispose]();
    Deno.chmodSync(`${path}/journal.db`, 0o640);
    await assert.rejects(Journal.open(path));
    Deno.chmodSync(`${path}/journal.db`, 0o600);
    using _journal = await Journal.open(path);
    await assert.rejects(Journal.open(path), {
      message: `${path}: another knockd is running here (process ${Deno.pid})`,
    });
  }));

Deno.test("whom a container's daemon refuses is not told to end init", () =>
  withStateDirectory(async (path) => {
    Deno.mkdirSync(path, { mode: 0o700 });
    const options = { write: true, create: true, mode: 0o600 };
    using lock = Deno.openSync(`${path}/lock`, options);
    lock.lockSync(true);
    lock.writeSync(new TextEncoder().encode("1\n"));
    await assert.rejects(Journal.open(path), { hint: /^stop its container, or / });
  }));

Deno.test("journal waits a moment for the lock that a killed daemon's command holds", () =>
  withStateDirectory(async (path) => {
    Deno.mkdirSync(path, { mode: 0o700 });
    const lock = Deno.openSync(`${path}/lock`, {
      write: true,
      create: true,
      mode: 0o600,
    });
    lock.lockSync(true);
    const opening = Journal.open(path);
    queueMicrotask(() => lock.close());
    using _journal = await opening;
  }));

for (const code of ["ENOSPC", "EDQUOT"] as const) {
  Deno.test(`a directory is claimed where its lock can't be signed for ${code}`, () =>
    withStateDirectory(async (path) => {
      using tried = failing(Deno.FsFile.prototype, "writeSync", () => systemError(code));
      using _claimed = await StateDir.claim(path);
      assert.equal(tried.count, 1);
    }));
}

Deno.test("a limit of open files that is too low is no fault of the disk", () => {
  const { message, hint } = journalFailure("/var/lib/knockd", systemError("EMFILE"));
  assert.equal(message, "/var/lib/knockd: too many open files");
  assert.match(hint!, /LimitNOFILE/);
});

Deno.test("journal that was closed can be closed again", () =>
  withStateDirectory(async (path) => {
    const journal = await Journal.open(path);
    journal[Symbol.dispose]();
    journal[Symbol.dispose]();
    using _next = await Journal.open(path);
    assert.throws(() => journal.leases());
  }));

Deno.test("journal says in the system's words why a directory can't be made", () =>
  assert.rejects(Journal.open("/proc/knockd"), {
    message: "/proc/knockd: No such file or directory",
  }));
