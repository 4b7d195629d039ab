/**
 * Files that hold what only their owner may read: mode 0600 in a directory of mode 0700,
 * replaced as a whole or not at all.
 */

import { Failure } from "../core/failure.ts";
import { orUndefined } from "../core/or_undefined.ts";
import { createFile, HAS_MODES, replaceFile } from "./atomic.ts";
import { leaveToOwner } from "./leave_to_owner.ts";
import { exists, statOf } from "./look.ts";
import { directoryOf } from "./path.ts";
import { explained } from "./reason.ts";

const MAX_BYTES = 1024 * 1024;

/** The text of a file of so many bytes at most, or `undefined` where there is none. */
export function readPrivate(path: string, maxBytes = MAX_BYTES): string | undefined {
  return explained(`can't read ${path}`, () => {
    const info = infoOf(path);
    if (info === undefined) return undefined;
    if (!info.isFile) throw notAFile(path);
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

/** The same of a file that belongs to whom its directory belongs, whoever replaces it. */
export function writeForOwner(path: string, text: string): void {
  explained(`can't write ${path}`, () => replaceFile(path, text, leaveToOwner));
}

/** Does something while no other process does anything in this directory. */
export function whileDirectoryLocked<T>(directory: string, work: () => T): T {
  return explained(`can't write in ${directory}`, () => {
    makeDirectory(directory);
    using file = openLock(`${directory}/lock`);
    file.lockSync(true);
    return work();
  });
}

/** With those above it that are missing. */
function makeDirectory(path: string): void {
  if (exists(path)) return;
  makeDirectory(directoryOf(path));
  Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  leaveToOwner(path);
}

function openLock(path: string): Deno.FsFile {
  // Where that fails, another process has made it, or the system says below why it can't.
  if (!exists(path)) orUndefined(() => createFile(path, "", leaveToOwner));
  // Opening a pipe would wait for whoever reads it.
  if (statOf(path)?.isFile === false) throw notAFile(path);
  return Deno.openSync(path, { write: true, create: true, mode: 0o600 });
}

function notAFile(path: string): Failure {
  return new Failure(`${path} is not a file`, "move it away");
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
