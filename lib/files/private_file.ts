/**
 * Files that hold what only their owner may read: mode 0600 in a directory of mode 0700,
 * replaced as a whole or not at all.
 *
 * @module
 */
import { Failure } from "../core/failure.ts";

const MAX_BYTES = 1024 * 1024;
const hasModes = Deno.build.os !== "windows";

/** The text of a file, or `undefined` where there is none. */
export function readPrivate(path: string): string | undefined {
  return explained(`can't read ${path}`, () => {
    const info = unless(Deno.errors.NotFound, () => Deno.statSync(path));
    if (info === undefined) return undefined;
    if (!info.isFile) throw new Failure(`${path} is not a file`);
    if (hasModes && ((info.mode ?? 0) & 0o077) !== 0) {
      throw new Failure(`${path} can be read by others`, `chmod 600 ${path}`);
    }
    if (info.size > MAX_BYTES) {
      throw new Failure(`${path} is larger than ${MAX_BYTES} bytes`);
    }
    return Deno.readTextFileSync(path);
  });
}

/** Replaces a file; when this returns, the new text is on the disk. */
export function writePrivate(path: string, text: string): void {
  const temporary = `${path}.new`;
  // One that a crash left behind may have another mode.
  unless(Deno.errors.NotFound, () => Deno.removeSync(temporary));
  {
    using file = Deno.openSync(temporary, { write: true, createNew: true, mode: 0o600 });
    let rest = new TextEncoder().encode(text);
    while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
    file.syncSync();
  }
  Deno.renameSync(temporary, path);
  syncDirectory(path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"))));
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

/** Makes a rename last through a power cut; Windows knows no such thing. */
function syncDirectory(path: string): void {
  if (!hasModes) return;
  using directory = Deno.openSync(path);
  directory.syncSync();
}

function unless<T>(kind: new () => Error, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof kind) return undefined;
    throw error;
  }
}

/** Turns what the operating system refused into words for a user. */
function explained<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    throw new Failure(`${what}: ${error.message}`, undefined, { cause: error });
  }
}
