/** Bytes that are on the disk when a function returns, all of them or none. */

import { directoryOf } from "./path.ts";

/** Whether the system has permission bits, and directories that can be synchronised. */
export const HAS_MODES = Deno.build.os !== "windows";

/** Writes all of a text; one call of the system may take less. */
export function writeAll(file: Deno.FsFile, text: string): void {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
}

/**
 * Puts a file in the place of what is at a path, or of nothing. `prepare` may change the
 * new file before anybody can see it; until then it is for its owner alone.
 */
export function replaceFile(
  path: string,
  text: string,
  prepare: (temporary: string) => void = () => {},
): void {
  const directory = directoryOf(path);
  const temporary = Deno.makeTempFileSync({ dir: directory, prefix: ".knockd-" });
  try {
    {
      using file = Deno.openSync(temporary, { write: true });
      writeAll(file, text);
      prepare(temporary);
      file.syncSync();
    }
    Deno.renameSync(temporary, path);
  } catch (error) {
    Deno.removeSync(temporary);
    throw error;
  }
  syncDirectory(directory);
}

/** Makes what happened in a directory last through a power cut. */
export function syncDirectory(path: string): void {
  if (!HAS_MODES) return;
  using directory = Deno.openSync(path);
  directory.syncSync();
}
