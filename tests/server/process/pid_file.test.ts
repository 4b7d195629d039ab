import assert from "node:assert/strict";
import { Failure } from "../../../lib/core/failure.ts";
import { createPidFile } from "../../../lib/server/process/pid_file.ts";

/** Gives a test a path for its PID file. */
async function withPath(test: (path: string) => void | Promise<void>) {
  const directory = await Deno.makeTempDir();
  try {
    await test(`${directory}/knockd.pid`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function failure(message: RegExp) {
  return (error: unknown) =>
    error instanceof Failure && error.hint !== undefined && message.test(error.message);
}

Deno.test("PID file holds the process id and goes with the daemon", async () => {
  await withPath((path) => {
    const file = createPidFile(path);
    assert.equal(Deno.readTextFileSync(path), `${Deno.pid}\n`);
    file.remove();
    assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
  });
});

Deno.test("stale PID file is taken over, even if another program has its number now", async () => {
  for (const content of ["", "1\n", "4194304\n", "123456789"]) {
    await withPath((path) => {
      Deno.writeTextFileSync(path, content);
      const file = createPidFile(path);
      assert.equal(Deno.readTextFileSync(path), `${Deno.pid}\n`);
      file.remove();
    });
  }
});

Deno.test("PID file that somebody replaced is left alone", async () => {
  await withPath((path) => {
    const file = createPidFile(path);
    Deno.removeSync(path);
    Deno.writeTextFileSync(path, "1\n");
    file.remove();
    assert.equal(Deno.readTextFileSync(path), "1\n");
  });
});

Deno.test("PID file is never written over something else", async () => {
  await withPath((path) => {
    for (const content of ["root:x:0:0:root:/root:/bin/bash\n", "1".repeat(33)]) {
      Deno.writeTextFileSync(path, content);
      assert.throws(() => createPidFile(path), failure(/it holds something else$/));
      assert.equal(Deno.readTextFileSync(path), content);
    }
    const link = `${path}.link`;
    Deno.writeTextFileSync(path, "");
    Deno.symlinkSync(path, link);
    assert.throws(() => createPidFile(link), failure(/it is not a regular file$/));
    assert.throws(() => createPidFile("/dev/null"), failure(/it is not a regular file$/));
  });
});

Deno.test("PID file in a directory that does not exist is a failure", () => {
  assert.throws(
    () => createPidFile("/nonexistent/knockd.pid"),
    failure(/^cannot use PID file \/nonexistent\/knockd.pid: No such file or directory$/),
  );
});

Deno.test("second daemon on one PID file is told the first one's pid; a crash frees it", async () => {
  await withPath(async (path) => {
    const program = `
      import { createPidFile } from "./lib/server/process/pid_file.ts";
      createPidFile(${JSON.stringify(path)});
      console.log("holding");
      await Deno.stdin.read(new Uint8Array(1));`;
    const first = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-check", program],
      cwd: new URL("../../..", import.meta.url),
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = first.stdout.getReader();
    await reader.read();
    try {
      assert.throws(
        () => createPidFile(path),
        failure(new RegExp(`^another knockd is running \\(pid ${first.pid}, it holds /`)),
      );
      assert.equal(Deno.readTextFileSync(path), `${first.pid}\n`);
    } finally {
      first.kill("SIGKILL");
      await first.status;
      await reader.cancel();
      await first.stdin.close().catch(() => {});
    }
    createPidFile(path).remove();
  });
});
