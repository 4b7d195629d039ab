import assert from "node:assert/strict";
import { Failure } from "../../../lib/core/failure.ts";
import { createPidFile, PidFileTaken } from "../../../lib/server/process/pid_file.ts";
import { ERRNOS, failing, systemError } from "../machine_faults.ts";
import { memoryDirectory } from "../state_directory.ts";

async function withPath(test: (path: string) => void): Promise<void> {
  const directory = await memoryDirectory();
  try {
    test(`${directory}/knockd.pid`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** What making the file calls, and what has it. */
const CALLS: readonly (readonly [owner: object, call: string])[] = [
  [Deno, "openSync"],
  [Deno.FsFile.prototype, "readSync"],
  [Deno.FsFile.prototype, "tryLockSync"],
  [Deno.FsFile.prototype, "truncateSync"],
  [Deno.FsFile.prototype, "writeSync"],
];

for (const code of ERRNOS) {
  Deno.test(`PID file that can't be made for ${code} is done without, and nothing is held`, () =>
    withPath((path) => {
      for (const [owner, call] of CALLS) {
        {
          using _ = failing(owner, call, () => systemError(code));
          assert.throws(() => createPidFile(path), (error) => {
            assert.ok(error instanceof Failure, `${call}: ${error}`);
            return !(error instanceof PidFileTaken);
          });
        }
        createPidFile(path).remove();
      }
    }));

  Deno.test(`PID file that can't be taken away for ${code} ends nothing, and is free`, () =>
    withPath((path) => {
      for (const call of ["removeSync", "lstatSync"]) {
        const file = createPidFile(path);
        {
          using _ = failing(Deno, call, () => systemError(code));
          file.remove();
        }
        createPidFile(path).remove();
      }
    }));
}
