import assert from "node:assert/strict";
import { LogFile } from "../../../lib/server/log/file.ts";
import { openLog } from "../../../lib/server/log/log.ts";
import { FakeSystem } from "../fake_system.ts";
import { ERRNOS, failing, systemError, WORDS } from "../machine_faults.ts";
import { memoryDirectory } from "../state_directory.ts";

/** Runs a test with a path for a log file. */
async function withPath(test: (path: string) => void | Promise<void>): Promise<void> {
  const directory = await memoryDirectory();
  try {
    await test(`${directory}/knockd.log`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function words(code: (typeof ERRNOS)[number]): string {
  return WORDS[code].replace(/ \(os error.*/, "");
}

for (const code of ERRNOS) {
  Deno.test(`log file whose disk says ${code} is tried for each line, and what was lost is said`, () =>
    withPath((path) => {
      const reports: string[] = [];
      const file = new LogFile(path, (text) => reports.push(text));
      {
        using disk = failing(Deno.FsFile.prototype, "writeSync", () => systemError(code));
        for (const line of ["one", "two", "three"]) file.write(line);
        assert.equal(disk.count, 3);
        assert.deepEqual(reports, [
          `cannot write log file ${path}: ${words(code)}; going on`,
        ]);
      }
      file.write("four");
      assert.equal(Deno.readTextFileSync(path), "four\n");
      assert.deepEqual(reports.slice(1), [
        `log file ${path} is written again, 3 lines were lost`,
      ]);
      file.close();
    }));

  Deno.test(`log file that can't be reopened for ${code} is the old one until it can be`, () =>
    withPath(async (path) => {
      const system = new FakeSystem();
      const options = { format: "text", syslog: false, verbose: false, debug: false };
      const log = await openLog({ ...options, format: "text", file: path }, system);
      Deno.renameSync(path, `${path}.1`);
      {
        using disk = failing(Deno, "openSync", () => systemError(code));
        log.reopen();
        await system.advance(25_000);
        log.logger.info("meanwhile");
        await system.advance(10_000);
        assert.equal(disk.count, 4, "it is tried every ten seconds");
      }
      await system.advance(10_000);
      log.logger.info("later");
      await system.advance(1000);
      assert.equal(system.timers, 0);
      const [old, anew] = [`${path}.1`, path].map((file) =>
        Deno.readTextFileSync(file).trim().split("\n").map((line) => line.slice(19))
      );
      assert.deepEqual(old, [
        `cannot reopen log file ${path}: ${words(code)}; keeping the old one`,
        "meanwhile",
      ]);
      assert.deepEqual(anew, [`log file ${path} is reopened`, "later"]);
      log.close();
    }));
}

Deno.test("log file that can't be reopened is not tried any more once the log is closed", () =>
  withPath(async (path) => {
    const system = new FakeSystem();
    const options = { syslog: false, verbose: false, debug: false };
    const log = await openLog({ ...options, format: "text", file: path }, system);
    using _disk = failing(Deno, "openSync", () => systemError("EMFILE"));
    log.reopen();
    log.close();
    assert.equal(system.timers, 0);
  }));

Deno.test("log file that its unit may not write says how the unit is adapted", () =>
  withPath((path) => {
    using _ = failing(Deno, "openSync", () => systemError("EROFS"));
    const message = `cannot open log file ${path}: ${words("EROFS")}`;
    const before = Deno.env.get("INVOCATION_ID");
    try {
      Deno.env.delete("INVOCATION_ID");
      const mount = "mount it for writing, or take another place";
      assert.throws(() => new LogFile(path, () => {}), {
        message: `${message} (${mount})`,
      });
      Deno.env.set("INVOCATION_ID", "1");
      assert.throws(() => new LogFile(path, () => {}), {
        message: `${message} (systemctl edit knockd: ` +
          "ReadWritePaths=DIRECTORY in [Service] lets it)",
      });
    } finally {
      if (before === undefined) Deno.env.delete("INVOCATION_ID");
      else Deno.env.set("INVOCATION_ID", before);
    }
  }));
