/** The control socket's place in the file system. */

import { Failure } from "../../core/failure.ts";
import { reason } from "../../files/reason.ts";

/**
 * Listens at `path`, for the owner alone, or for a group too.
 *
 * @throws {Failure} if another daemon listens there or the path can't be had.
 */
export async function listenAt(
  path: string,
  group: string | undefined,
): Promise<Deno.UnixListener> {
  try {
    const gid = group === undefined ? undefined : groupId(group);
    await removeStale(path);
    const listener = listenPrivately(path);
    if (gid !== undefined) shareWith(gid, path, listener);
    return listener;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      `${path}: can't listen: ${reason(error)}`,
      "set control to a path that the daemon's user can write to",
      { cause: error },
    );
  }
}

/** Nobody but us would answer at one that can't be shared: it goes again. */
function shareWith(gid: number, path: string, listener: Deno.UnixListener): void {
  try {
    Deno.chownSync(path, null, gid);
    Deno.chmodSync(path, 0o660);
  } catch (error) {
    listener.close();
    throw error;
  }
}

/** The mode comes with the socket: after a chmod somebody could be connected already. */
function listenPrivately(path: string): Deno.UnixListener {
  const umask = Deno.umask(0o177);
  try {
    return Deno.listen({ transport: "unix", path });
  } finally {
    Deno.umask(umask);
  }
}

/** Takes away a socket that nobody answers at, and nothing else. */
async function removeStale(path: string): Promise<void> {
  try {
    if (!Deno.lstatSync(path).isSocket) {
      throw new Failure(
        `${path}: there is a file that is no socket`,
        "move it away, or set control to another path",
      );
    }
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    Deno.removeSync(path);
    return;
  }
  throw new Failure(
    `${path}: another daemon answers there`,
    "stop it, or set control to another path",
  );
}

/** The highest number of a group; the one above it stands for none. */
const MAX_GID = 2 ** 32 - 2;

/** Where groups come from a directory service, the file has none of them. */
function groupId(group: string): number {
  if (/^\d+$/.test(group) && Number(group) <= MAX_GID) return Number(group);
  for (const line of Deno.readTextFileSync("/etc/group").split("\n")) {
    const [name, , gid] = line.split(":");
    if (name === group && gid) return Number(gid);
  }
  throw new Failure(
    `group ${group}: not in /etc/group`,
    `groupadd ${group}, or name another`,
  );
}
