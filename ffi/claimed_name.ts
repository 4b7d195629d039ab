/** Names that one process has at a time. */

import { libc, SOL_SOCKET } from "./libc.ts";
import { AF_UNIX, unixAddress } from "./unix_address.ts";

/** SOCK_STREAM, SOCK_CLOEXEC and SOCK_NONBLOCK. */
const SOCKET_TYPE = 1 | 0x80000 | 0x800;
const SO_PEERCRED = 17;
/** sizeof(struct ucred): the process, its user and its group. */
const CREDENTIALS = 12;
/** Those who ask whose a name is wait in this queue; the kernel's own limit is as long. */
const BACKLOG = 4096;

/** Whose process has a name. */
export interface NameHolder {
  /** The number of its user. */
  readonly uid: number;
  /** The number of its group. */
  readonly gid: number;
}

/**
 * A name of this network namespace, an abstract Unix socket (unix(7)): the kernel gives it
 * back when this process ends, however it ends, and no program that it starts has it. Linux
 * only.
 */
export class ClaimedName implements Disposable {
  #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** Claims it; or who has it; or nothing where neither can be found out. */
  static claim(name: string): ClaimedName | NameHolder | undefined {
    const address = unixAddress(`@${name}`);
    if (address === undefined || Deno.build.os !== "linux") return undefined;
    const fd = libc().socket(AF_UNIX, SOCKET_TYPE, 0);
    if (fd < 0) return undefined;
    if (libc().bind(fd, address, address.length) === 0) {
      libc().listen(fd, BACKLOG);
      return new ClaimedName(fd);
    }
    const holder = holderAt(fd, address);
    libc().close(fd);
    return holder;
  }

  /** Gives it back; a second time does nothing. */
  [Symbol.dispose](): void {
    if (this.#fd >= 0) libc().close(this.#fd);
    this.#fd = -1;
  }
}

/** The kernel says who listens, as they were when they began to. */
function holderAt(fd: number, address: Uint8Array<ArrayBuffer>): NameHolder | undefined {
  if (libc().connect(fd, address, address.length) !== 0) return undefined;
  const credentials = new Uint32Array(CREDENTIALS / 4);
  const length = new Uint32Array([CREDENTIALS]);
  if (libc().getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, length) !== 0) {
    return undefined;
  }
  return { uid: credentials[1]!, gid: credentials[2]! };
}
