/** The daemon's directory: nobody else's, and used by one daemon at a time. */

import { Failure } from "../../core/failure.ts";
import { stopHint } from "../../core/stop_hint.ts";
import { statOf } from "../../files/look.ts";
import { isOfTheSystem } from "../../files/reason.ts";
import { isServiceGroup } from "../../files/service_ids.ts";
import { JournalError, journalFailure } from "./journal_error.ts";

/**
 * A daemon that was killed while it started a command leaves its lock to that command's
 * process, until this becomes the command: so long, in milliseconds, a lock is waited for.
 */
const PATIENCE_MS = 500;
const RETRY_MS = 20;

/** A directory that this process alone uses until it ends, however it ends. */
export class StateDir implements Disposable {
  readonly path: string;
  #lock: Deno.FsFile | undefined;

  private constructor(path: string, lock: Deno.FsFile) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Creates the directory (0700) if need be and claims it. The claim is a lock of the
   * kernel's: it goes with the process, even with one that is killed.
   *
   * @throws {Failure} if it is not ours alone or another daemon uses it.
   */
  static async claim(path: string): Promise<StateDir> {
    try {
      Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
      refuseUnlessOurs(path);
      return new StateDir(path, await lock(path));
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) {
        throw new JournalError(
          `${path}: not a directory`,
          "set state_dir to a directory",
        );
      }
      throw journalFailure(path, error);
    }
  }

  /** Lets the next daemon have the directory; twice is harmless. */
  [Symbol.dispose](): void {
    this.#lock?.close();
    this.#lock = undefined;
  }
}

/** Refuses what someone else could write to or could have put there. */
function refuseUnlessOurs(path: string): void {
  const info = Deno.lstatSync(path);
  const hint = "set state_dir to a directory that only the daemon's user can write to";
  if (info.isSymlink) throw new JournalError(`${path}: a symbolic link`, hint);
  if (!info.isDirectory) throw new JournalError(`${path}: not a directory`, hint);
  if (info.uid !== Deno.uid()) throw notOurs(path, info.uid, whoseHint(path, info));
  const mode = info.mode ?? 0;
  if ((mode & 0o022) !== 0) {
    throw new JournalError(
      `${path}: others can write to it`,
      // A sticky one, as /tmp, is theirs too, and is to stay so.
      (mode & 0o1000) !== 0 ? hint : `chmod 700 ${path}, once you trust what is in it`,
    );
  }
}

/** A backup that root put back leaves its files to root, in the directory of the service. */
function refuseLockOfOthers(path: string, directory: string): void {
  const uid = statOf(path)?.uid ?? Deno.uid();
  const hint = `chown -R ${Deno.uid()} ${directory}, once you trust what is in it`;
  if (uid !== Deno.uid()) throw notOurs(path, uid, hint);
}

function notOurs(path: string, uid: number | null, hint: string): JournalError {
  const what = `belongs to user ${uid}, not to the daemon's user ${Deno.uid()}`;
  return new JournalError(`${path}: ${what}`, hint);
}

function whoseHint(path: string, { uid, gid }: Deno.FileInfo): string {
  if (uid === 0) {
    return "run knockd as root, or set state_dir to a directory of this user's own";
  }
  // The service's own stays so, or the service could not start any more.
  return isServiceGroup(gid ?? undefined)
    ? "the service keeps it; a daemon by hand takes one of its own: --state-dir DIR"
    : `chown ${Deno.uid()} ${path}, once you trust what is in it`;
}

async function lock(directory: string): Promise<Deno.FsFile> {
  const path = `${directory}/lock`;
  refuseLockOfOthers(path, directory);
  const file = Deno.openSync(path, {
    read: true,
    write: true,
    create: true,
    mode: 0o600,
  });
  try {
    for (let waited = 0; !file.tryLockSync(true); waited += RETRY_MS) {
      if (waited >= PATIENCE_MS) throw alreadyRunning(directory, path);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    signWithPid(file);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Where no name can be written, as on a full disk, the lock holds without one. */
function signWithPid(file: Deno.FsFile): void {
  try {
    file.truncateSync();
    file.writeSync(new TextEncoder().encode(`${Deno.pid}\n`));
  } catch (error) {
    if (!isOfTheSystem(error)) throw error;
  }
}

function alreadyRunning(directory: string, path: string): Failure {
  const pid = Deno.readTextFileSync(path).match(/^(\d{1,10})\n$/)?.[1];
  return new Failure(
    `${directory}: another knockd is running here` + (pid ? ` (process ${pid})` : ""),
    `${stopHint(pid ? Number(pid) : undefined)}, or give this one a state_dir of its own`,
  );
}
