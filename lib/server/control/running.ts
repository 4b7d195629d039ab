/** The daemons that run on this machine, found by their control sockets. */

import * as v from "valibot";
import { readKernelFile } from "../../../ffi/libc.ts";
import { type Account, socketDirectories } from "../../config/instance.ts";
import { requestControl } from "./client.ts";
import { orUndefined } from "../../core/or_undefined.ts";
import { pathsIn } from "../../files/look.ts";
import { serviceUser } from "../../files/service_ids.ts";

/** A daemon that runs and may be asked. */
export interface RunningDaemon {
  /** Where it answers. */
  readonly socket: string;
  readonly pid: number;
  readonly config: string;
  /** What it was told to listen on; empty for the default route's. */
  readonly interfaces: readonly string[];
}

/** Milliseconds in which a daemon that is well answers. */
const PATIENCE_MS = 2000;

/** Bytes of the kernel's list of sockets that are looked at. */
const MOST_SOCKETS = 4 * 1024 * 1024;

/**
 * Sockets that nobody listens at, or that are not ours to ask, are passed over, and so are
 * those of other users: any of them could answer in a daemon's place.
 */
export async function runningDaemons(
  account: Account,
  more: readonly string[] = [],
): Promise<RunningDaemon[]> {
  const trusted = [0, account.uid, serviceUser()];
  const found = [...byName(account), ...fromKernel()].filter((path) => {
    const owner = orUndefined(() => Deno.lstatSync(path))?.uid ?? undefined;
    return owner !== undefined && trusted.includes(owner);
  });
  const sockets = new Set([...more, ...found]);
  const answers = await Promise.all([...sockets].sort().map(askRunning));
  return answers.filter((daemon) => daemon !== undefined);
}

/** What is looked at of a daemon's status. */
const Answer = v.object({
  pid: v.number(),
  config: v.string(),
  listenOn: v.array(v.string()),
});

/** The daemon that answers there; nothing where none does, or may not be asked. */
export async function askRunning(socket: string): Promise<RunningDaemon | undefined> {
  try {
    const answer = await requestControl(socket, { command: "status" }, PATIENCE_MS);
    const { pid, config, listenOn } = v.parse(Answer, answer);
    return { socket, pid, config, interfaces: listenOn };
  } catch {
    return undefined;
  }
}

/** In the directories where sockets are made if nothing is said. */
function byName(account: Account): string[] {
  return socketDirectories(account).flatMap(pathsIn)
    .filter((path) => /\/knockd[^/]*\.sock$/.test(path));
}

/** Elsewhere, if the path says whose it is: nobody else's socket is to be talked to. */
function fromKernel(): string[] {
  return readKernelFile("/proc/self/net/unix", MOST_SOCKETS).split("\n")
    .flatMap((line) => / 00010000 0001 .*? (\/.*)$/.exec(line)?.[1] ?? [])
    .filter((path) => /knock/.test(path));
}
