import assert from "node:assert/strict";
import { Failure } from "../../../lib/core/failure.ts";
import { LogFile } from "../../../lib/server/log/file.ts";

/** A log file in a directory of its own, and what it reported. */
async function withLogFile(
  test: (file: LogFile, path: string, reports: string[]) => void,
  prepare: (path: string) => void = () => {},
) {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/knockd.log`;
  prepare(path);
  const reports: string[] = [];
  const file = new LogFile(path, (message) => reports.push(message));
  try {
    test(file, path, reports);
  } finally {
    file.close();
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("log file is made for its owner and group, and appended to", async () => {
  await withLogFile((file, path) => {
    file.write("one");
    assert.equal(Deno.readTextFileSync(path), "one\n", "nothing is pending");
    const again = new LogFile(path, assert.fail);
    again.write("two");
    again.close();
    again.write("after the end");
    assert.equal(Deno.readTextFileSync(path), "one\ntwo\n");
    assert.equal(
      (Deno.statSync(path).mode ?? 0) & 0o777 & ~Deno.umask(),
      0o640 & ~Deno.umask(),
    );
  });
});

Deno.test("log file that can't be opened is a failure with a hint", () => {
  assert.throws(
    () => new LogFile("/nonexistent/knockd.log", assert.fail),
    (error) =>
      error instanceof Failure && error.hint !== undefined &&
      error.message ===
        "cannot open log file /nonexistent/knockd.log: No such file or directory",
  );
});

Deno.test("log file that is a pipe is refused, and nobody waits for its reader", async () => {
  const path = await Deno.makeTempDir() + "/pipe";
  await new Deno.Command("mkfifo", { args: [path] }).output();
  assert.throws(() => new LogFile(path, assert.fail), /it is a pipe, not a file/);
});

Deno.test({
  name: "log file behind a link that is not root's is not opened",
  ignore: Deno.uid() !== 0,
  fn() {
    const directory = Deno.makeTempDirSync();
    Deno.symlinkSync(`${directory}/victim`, `${directory}/theirs`);
    Deno.symlinkSync(`${directory}/mine.log`, `${directory}/mine`);
    Deno.symlinkSync(directory, `${directory}/way`);
    for (const link of ["theirs", "way"]) {
      new Deno.Command("chown", { args: ["-h", "65534", `${directory}/${link}`] })
        .outputSync();
    }
    for (const path of ["theirs", "way/other"]) {
      assert.throws(
        () => new LogFile(`${directory}/${path}`, assert.fail),
        /is a link of user 65534, and only root's are followed/,
      );
    }
    new LogFile(`${directory}/mine`, assert.fail).close();
    const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
    assert.deepEqual(names.sort(), ["mine", "mine.log", "theirs", "way"]);
    Deno.removeSync(directory, { recursive: true });
  },
});

Deno.test("log file is opened anew for logrotate", async () => {
  await withLogFile((file, path, reports) => {
    file.write("one");
    Deno.renameSync(path, `${path}.1`);
    file.write("two");
    file.reopen();
    file.write("three");
    assert.equal(Deno.readTextFileSync(`${path}.1`), "one\ntwo\n");
    assert.equal(Deno.readTextFileSync(path), "three\n");
    assert.deepEqual(reports, []);
  });
});

Deno.test("log file that can't be reopened stays the old one", async () => {
  await withLogFile((file, path, reports) => {
    Deno.renameSync(path, `${path}.1`);
    Deno.mkdirSync(path);
    file.reopen();
    file.write("still here");
    assert.equal(Deno.readTextFileSync(`${path}.1`), "still here\n");
    assert.deepEqual(reports, [
      `cannot reopen log file ${path}: Is a directory; keeping the old one`,
    ]);
  });
});

Deno.test("log file on a full disk reports once, goes on and counts what was lost", async () => {
  const full = (path: string) => Deno.symlinkSync("/dev/full", path);
  await withLogFile((file, path, reports) => {
    file.write("one");
    file.write("two", "three");
    const failed = `cannot write log file ${path}: No space left on device; going on`;
    assert.deepEqual(reports, [failed]);
    Deno.removeSync(path);
    file.reopen();
    file.write("four", "five");
    assert.equal(Deno.readTextFileSync(path), "four\nfive\n");
    assert.deepEqual(reports, [
      failed,
      `log file ${path} is written again, 3 lines were lost`,
    ]);
  }, full);
});
