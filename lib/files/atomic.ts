/** Bytes that are on the disk when a function returns, all of them or none. */

import { orUndefined } from "../core/or_undefined.ts";
import { pathsIn } from "./look.ts";
import { directoryOf } from "./path.ts";

/** Whether the system has permission bits, and directories that can be synchronised. */
export const HAS_MODES = Deno.build.os !== "windows";

/** How the name of a file begins that is on its way to another. */
const TEMPORARY = ".knockd-";

/** The same with what Deno puts behind it. */
const LEFT = /^\.knockd-[0-9a-f]{12,16}$/;

/** How old one is, in milliseconds, that nobody will come back to. */
const LEFT_MS = 60_000;

/** Writes all of a text; one call of the system may take less. */
function writeAll(file: Deno.FsFile, text: string): void {
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
  put(path, text, prepare, (temporary) => Deno.renameSync(temporary, path));
  syncDirectory(directoryOf(path));
}

/** Makes a file for its owner alone; throws `AlreadyExists` where there is one. */
export function createFile(
  path: string,
  text: string,
  prepare: (temporary: string) => void = () => {},
): void {
  put(path, text, prepare, (temporary) => nameAnew(temporary, path));
  try {
    syncDirectory(directoryOf(path));
  } catch (error) {
    Deno.removeSync(path);
    throw error;
  }
}

/** Unlike another name, one more takes nobody's place; not every file system has more. */
function nameAnew(temporary: string, path: string): void {
  try {
    Deno.linkSync(temporary, path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw error;
    Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }).close();
    return Deno.renameSync(temporary, path);
  }
  Deno.removeSync(temporary);
}

/** Has a file that is written, and nobody has seen, called what it is to be called. */
function put(
  path: string,
  text: string,
  prepare: (temporary: string) => void,
  name: (temporary: string) => void,
): void {
  const directory = directoryOf(path);
  const temporary = Deno.makeTempFileSync({ dir: directory, prefix: TEMPORARY });
  try {
    {
      using file = Deno.openSync(temporary, { write: true });
      writeAll(file, text);
      prepare(temporary);
      file.syncSync();
    }
    name(temporary);
  } catch (error) {
    Deno.removeSync(temporary);
    throw error;
  }
  removeLeft(directory);
}

/** Takes away what processes that were killed have left: it may hold a secret. */
function removeLeft(directory: string): void {
  const isOurs = (path: string) => LEFT.test(path.slice(directory.length + 1));
  for (const path of pathsIn(directory).filter(isOurs)) {
    orUndefined(() => {
      const { isFile, mtime } = Deno.lstatSync(path);
      if (isFile && Date.now() - Number(mtime) > LEFT_MS) Deno.removeSync(path);
    });
  }
}

/** Makes what happened in a directory last through a power cut. */
export function syncDirectory(path: string): void {
  if (!HAS_MODES) return;
  using directory = Deno.openSync(path);
  directory.syncSync();
}
