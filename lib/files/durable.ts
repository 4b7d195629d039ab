/** Files that are on the disk, whole, when a function returns, or else as they were. */

import { Failure } from "../core/failure.ts";
import { createFile, HAS_MODES, replaceFile, syncDirectory } from "./atomic.ts";
import { exists, statOf } from "./look.ts";
import { directoryOf } from "./path.ts";
import { explained, explainedLater } from "./reason.ts";

/** Makes a directory for its owner alone, if there is none, and gives its real path. */
export function makePrivateDirectory(path: string): string {
  return makeDirectory(path, 0o700);
}

/** The same with another mode, whatever the umask: a service has to get through. */
export function makeDirectory(path: string, mode: number): string {
  return explained(`${path}: the directory can't be made`, () => {
    if (exists(path) && !statOf(path)?.isDirectory) {
      throw new Failure(
        `${path} is no directory`,
        "move it away, it is in the way of one",
      );
    }
    if (!exists(path)) {
      Deno.mkdirSync(path, { recursive: true, mode });
      if (HAS_MODES) Deno.chmodSync(path, mode);
    }
    return Deno.realPathSync(path);
  });
}

/** Makes a file that did not exist, for its owner alone. */
export function createPrivateFile(path: string, text: string): void {
  explained(`${path}: the file can't be made`, () => createFile(path, text));
}

/**
 * Puts a text in the place of another, in a file that keeps its mode and its owner. A
 * symbolic link goes on pointing to it.
 */
export function replaceText(path: string, before: string, after: string): void {
  explained(`${path}: the file can't be replaced`, () => {
    const target = Deno.realPathSync(path);
    const found = new TextDecoder("utf-8", { ignoreBOM: true })
      .decode(Deno.readFileSync(target));
    const mark = found.startsWith("\uFEFF") ? "\uFEFF" : "";
    if (found !== `${mark}${before}`) {
      throw new Failure(`${path}: the file was changed meanwhile`, "try again");
    }
    replaceFile(target, `${mark}${after}`, (file) => copyOwnerAndMode(target, file));
  });
}

/** Does something while no other process does anything under the same lock. */
export async function whileLocked<T>(path: string, work: () => Promise<T>): Promise<T> {
  // A lock on the directory outlives the file's replacement, and leaves nothing behind.
  using directory = explained(
    `${path}: the file can't be opened`,
    () => Deno.openSync(directoryOf(Deno.realPathSync(path))),
  );
  await explainedLater(
    `${path}: the directory that it is in can't be locked`,
    () => directory.lock(true),
  );
  return await work();
}

/** Removes a file for good. */
export function removeFile(path: string): void {
  explained(`${path}: the file can't be removed`, () => {
    Deno.removeSync(path);
    syncDirectory(directoryOf(path));
  });
}

function copyOwnerAndMode(from: string, to: string): void {
  const { uid, gid, mode } = Deno.statSync(from);
  const own = Deno.statSync(to);
  if (uid !== own.uid || gid !== own.gid) Deno.chownSync(to, uid, gid);
  // After the owner: changing that clears bits of the mode.
  if (mode !== null) Deno.chmodSync(to, mode & 0o7777);
}
