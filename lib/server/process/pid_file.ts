/**
 * A PID file that only one daemon holds. The lock tells, not the number: it goes with
 * its process, while a number in a stale file may belong to any other by now.
 */

import { Failure } from "../../core/failure.ts";
import { reason } from "../../files/reason.ts";
import { orUndefined } from "../../core/or_undefined.ts";

/** A PID file that this process holds. */
export interface PidFile {
  /** Removes the file, unless somebody replaced it. */
  remove(): void;
}

/** Longer files are no PID files. */
const LONGEST_CONTENT = 32;

/** The file is another daemon's. */
export class PidFileTaken extends Failure {}

/**
 * Makes the file, or takes over a stale one. Throws PidFileTaken if a daemon holds it, and
 * a Failure where none can be made.
 */
export function createPidFile(path: string): PidFile {
  const file = lock(path);
  try {
    file.truncateSync(0);
    file.writeSync(new TextEncoder().encode(`${Deno.pid}\n`));
  } catch (error) {
    file.close();
    throw unusable(path, reason(error), error);
  }
  return {
    remove() {
      try {
        if (isAt(path, file)) Deno.removeSync(path);
      } catch {
        // On a disk that is read-only by now it stays, and stale: nobody holds it.
      }
      file.close();
    },
  };
}

/** A daemon that ends removes its file between our opening and locking it: try again. */
function lock(path: string): Deno.FsFile {
  for (;;) {
    const file = open(path);
    try {
      claim(file, path);
      if (isAt(path, file)) return file;
    } catch (error) {
      file.close();
      throw error instanceof Failure ? error : unusable(path, reason(error), error);
    }
    file.close();
  }
}

/** Throws a Failure if it is another daemon's, or no PID file. */
function claim(file: Deno.FsFile, path: string): void {
  const content = read(file);
  if (!/^\s*\d*\s*$/.test(content)) throw unusable(path, "it holds something else");
  if (file.tryLockSync(true)) return;
  throw new PidFileTaken(
    `another knockd is running (pid ${content.trim() || "unknown"}, it holds ${path})`,
    "stop it first, or give this one a pid_file of its own",
  );
}

function open(path: string): Deno.FsFile {
  try {
    if (isSomethingElse(path)) throw new Error("it is not a regular file");
    return Deno.openSync(path, { read: true, write: true, create: true, mode: 0o644 });
  } catch (error) {
    throw unusable(path, reason(error), error);
  }
}

/** A link, a device, a directory: what an administrator did not mean to overwrite. */
function isSomethingElse(path: string): boolean {
  try {
    return !Deno.lstatSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function read(file: Deno.FsFile): string {
  const bytes = new Uint8Array(LONGEST_CONTENT + 1);
  const length = file.readSync(bytes) ?? 0;
  file.seekSync(0, Deno.SeekMode.Start);
  return length > LONGEST_CONTENT
    ? "too long"
    : new TextDecoder().decode(bytes.subarray(0, length));
}

/** Whether the path still leads to the open file. */
function isAt(path: string, file: Deno.FsFile): boolean {
  const there = orUndefined(() => Deno.lstatSync(path));
  const here = orUndefined(() => file.statSync());
  return there !== undefined && there.dev === here?.dev && there.ino === here.ino;
}

function unusable(path: string, why: string, cause?: unknown): Failure {
  return new Failure(
    `cannot use PID file ${path}: ${why}`,
    "choose another one with pid_file or --pidfile",
    { cause },
  );
}
