/** Files of ours among those of the system. */

import { Failure } from "../../../core/failure.ts";
import { replaceFile } from "../../../files/atomic.ts";
import { explained, isReadOnly, reason } from "../../../files/reason.ts";

export interface NewFile {
  /** An absolute path. */
  readonly path: string;
  readonly mode: number;
  readonly text: string;
  /** Whether another text that is there is to go. */
  readonly replace: boolean;
}

/** Throws a Failure if a file can't take its place; whether it is there already. */
export function refuseToInstall({ path, text, replace }: NewFile): boolean {
  if (Deno.uid() !== 0) {
    throw new Failure(`only root can install ${path}`, "sudo, and the same again");
  }
  const there = explained(`${path} can't be replaced`, () => textAt(path));
  if (there === undefined || there === text || replace) return there === text;
  throw new Failure(
    `${path} is there, and differs`,
    "compare it with what is printed without --install; --force replaces it",
  );
}

/** Puts a file into its place, whole or not at all; `false` if it was there already. */
export function installFile(file: NewFile): boolean {
  const { path, mode, text } = file;
  try {
    if (refuseToInstall(file)) return false;
    replaceFile(path, text, (temporary) => Deno.chmodSync(temporary, mode));
    return true;
  } catch (error) {
    if (error instanceof Failure || !(error instanceof Error)) throw error;
    throw new Failure(
      `${path} can't be installed: ${reason(error)}`,
      isReadOnly(error)
        ? "knockd service prints what belongs there, for whatever makes this system's files"
        : "is this system run by another service manager?",
      { cause: error },
    );
  }
}

function textAt(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    // Whatever else is in the way, writing will tell.
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}
