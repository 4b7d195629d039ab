/**
 * Files of ours among those of the system.
 *
 * @module
 */
import { Failure } from "../core/failure.ts";

/** A file and its place. */
export interface NewFile {
  /** An absolute path. */
  readonly path: string;
  readonly mode: number;
  readonly text: string;
  /** Whether another text that is there is to go. */
  readonly replace: boolean;
}

/** Puts a file into its place, whole or not at all; `false` if it was there already. */
export function installFile({ path, mode, text, replace }: NewFile): boolean {
  if (Deno.uid() !== 0) {
    throw new Failure(`only root can install ${path}`, "sudo, and the same again");
  }
  try {
    const there = textAt(path);
    if (there === text) return false;
    if (there !== undefined && !replace) {
      throw new Failure(
        `${path} is there, and differs`,
        "compare it with what is printed without --install; --force replaces it",
      );
    }
    const temporary = `${path}.${crypto.randomUUID()}`;
    Deno.writeTextFileSync(temporary, text, { createNew: true });
    Deno.chmodSync(temporary, mode);
    Deno.renameSync(temporary, path);
    return true;
  } catch (error) {
    if (error instanceof Failure || !(error instanceof Error)) throw error;
    const { message } = error;
    throw new Failure(
      `${path} can't be installed: ${message}`,
      "is this system run by another service manager?",
      { cause: error },
    );
  }
}

function textAt(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
