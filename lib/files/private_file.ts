/**
 * Files that hold what only their owner may read: mode 0600 in a directory of mode 0700,
 * replaced as a whole or not at all.
 */

import { Failure } from "../core/failure.ts";
import { HAS_MODES, replaceFile } from "./atomic.ts";
import { explained } from "./reason.ts";

const MAX_BYTES = 1024 * 1024;

/** The text of a file of so many bytes at most, or `undefined` where there is none. */
export function readPrivate(path: string, maxBytes = MAX_BYTES): string | undefined {
  return explained(`can't read ${path}`, () => {
    const info = infoOf(path);
    if (info === undefined) return undefined;
    if (!info.isFile) throw new Failure(`${path} is not a file`);
    if (HAS_MODES && ((info.mode ?? 0) & 0o077) !== 0) {
      throw new Failure(`${path} can be read by others`, `chmod 600 ${path}`);
    }
    if (info.size > maxBytes) {
      throw new Failure(`${path} is larger than ${maxBytes} bytes`);
    }
    return Deno.readTextFileSync(path);
  });
}

/** Replaces a file; when this returns, the new text is on the disk. */
export function writePrivate(path: string, text: string): void {
  explained(`can't write ${path}`, () => replaceFile(path, text));
}

/** Does something while no other process does anything in this directory. */
export function whileDirectoryLocked<T>(directory: string, work: () => T): T {
  return explained(`can't write in ${directory}`, () => {
    Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
    const path = `${directory}/lock`;
    using file = Deno.openSync(path, { write: true, create: true, mode: 0o600 });
    file.lockSync(true);
    return work();
  });
}

/** Unlike what may not be looked at, what is not there is no trouble. */
function infoOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
