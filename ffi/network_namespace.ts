/**
 * A network namespace without a name: it ends with whoever holds it open, and with it all
 * that is in there, whatever ended the process.
 */

import { cString } from "./c_string.ts";
import { closeOnExec, libc } from "./libc.ts";

/** CLONE_NEWNET of unshare(2) and setns(2). */
const NETWORK = 0x40000000;
/** A namespace is a matter of the thread; all that is done here is done in one. */
const OURS = "/proc/thread-self/ns/net";

/** A network with nothing in it but `lo`. */
export class NetworkNamespace implements Disposable {
  readonly #fd: number;
  readonly #home: number;
  #closed = false;

  private constructor(fd: number, home: number) {
    this.#fd = fd;
    this.#home = home;
  }

  /**
   * Makes one; `undefined` where that is not allowed (CAP_SYS_ADMIN) or not possible, or
   * where there would be no way back, as from a user namespace to the machine's network.
   */
  static create(): NetworkNamespace | undefined {
    if (Deno.build.os !== "linux") return undefined;
    const { setns, unshare } = libc();
    const home = openOwn();
    if (home < 0) return undefined;
    if (setns?.(home, NETWORK) !== 0 || unshare?.(NETWORK) !== 0) {
      libc().close(home);
      return undefined;
    }
    const fd = openOwn();
    enter(home);
    if (fd >= 0) return new NetworkNamespace(fd, home);
    libc().close(home);
    return undefined;
  }

  /** By this path another program finds it, as long as this process holds it. */
  get path(): string {
    return `/proc/${Deno.pid}/fd/${this.#fd}`;
  }

  /**
   * Does something in there: sockets that it opens and programs that it starts stay in
   * there. It must not wait for anything, as this thread is in there meanwhile.
   */
  run<T>(act: () => T): T {
    enter(this.#fd);
    try {
      return act();
    } finally {
      enter(this.#home);
    }
  }

  /** Lets it go. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    libc().close(this.#fd);
    libc().close(this.#home);
  }
}

function openOwn(): number {
  const fd = libc().open(cString(OURS), 0);
  if (fd >= 0) closeOnExec(fd);
  return fd;
}

/** Throws where it can't: whoever went on would do so in the wrong network. */
function enter(fd: number): void {
  const { setns } = libc();
  if (setns === null || setns(fd, NETWORK) !== 0) throw new Error("setns failed");
}
