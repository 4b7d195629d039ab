/** Waiting for several descriptors at once, without a wake-up while nothing happens. */

import { closeOnExec, libc } from "./libc.ts";

/** sizeof(struct pollfd): int fd, short events, short revents. */
const POLLFD_SIZE = 8;
const POLLIN = 0x1;
const POLLERR = 0x8;
const POLLHUP = 0x10;
const POLLNVAL = 0x20;
const FAILED = POLLERR | POLLHUP | POLLNVAL;
const FOREVER = -1;

/** A signal may interrupt a wait, and hardly the next one too. */
const MOST_FAILURES = 8;

const NONE: readonly number[] = [];

/** Waits for descriptors in a thread of its own; a pipe ends the wait from ours. */
export class Poller implements Disposable {
  /** Kept here, and outside of V8's heap, because a thread writes to it meanwhile. */
  #pollfds = new DataView(new ArrayBuffer(POLLFD_SIZE));
  readonly #byte = new Uint8Array(new ArrayBuffer(1));
  readonly #readEnd: number;
  readonly #writeEnd: number;
  #waiting = false;
  #woken = false;
  #closed = false;
  #failures = 0;

  /** Makes the pipe. */
  constructor() {
    const ends = new Int32Array(2);
    if (libc().pipe(ends) !== 0) throw new Error("pipe failed: too many open files?");
    [this.#readEnd = -1, this.#writeEnd = -1] = ends;
    closeOnExec(this.#readEnd);
    closeOnExec(this.#writeEnd);
  }

  /**
   * Waits until one of the descriptors can be read or has failed, or {@linkcode wake}.
   *
   * @returns The descriptors that have failed, usually none.
   */
  async wait(fds: readonly number[]): Promise<readonly number[]> {
    if (this.#closed || this.#waiting) throw new Error("one wait at a time");
    this.#arm(fds);
    this.#waiting = true;
    try {
      const pollfds = this.#pollfds;
      const ready = await libc().poll(pollfds, BigInt(fds.length + 1), FOREVER);
      this.#failures = ready < 0 ? this.#failures + 1 : 0;
      if (this.#failures > MOST_FAILURES) throw new Error("poll fails again and again");
    } finally {
      this.#waiting = false;
      if (this.#closed) this.#closePipe();
    }
    if (this.#closed) return NONE;
    if (this.#woken) {
      libc().read(this.#readEnd, this.#byte, 1n);
      this.#woken = false;
    }
    return fds.every((_, i) => (this.#events(i + 1) & FAILED) === 0)
      ? NONE
      : fds.filter((_, i) => (this.#events(i + 1) & FAILED) !== 0);
  }

  /** Ends the wait that is going on, or the next one at once. */
  wake(): void {
    if (this.#woken || this.#closed) return;
    this.#woken = true;
    libc().write(this.#writeEnd, this.#byte, 1n);
  }

  /** Ends the wait and gives the pipe back. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.wake();
    this.#closed = true;
    if (!this.#waiting) this.#closePipe();
  }

  #arm(fds: readonly number[]): void {
    const size = (fds.length + 1) * POLLFD_SIZE;
    if (this.#pollfds.byteLength < size) {
      this.#pollfds = new DataView(new ArrayBuffer(size));
    }
    [this.#readEnd, ...fds].forEach((fd, i) => {
      this.#pollfds.setInt32(i * POLLFD_SIZE, fd, LITTLE_ENDIAN);
      this.#pollfds.setInt16(i * POLLFD_SIZE + 4, POLLIN, LITTLE_ENDIAN);
      this.#pollfds.setInt16(i * POLLFD_SIZE + 6, 0, LITTLE_ENDIAN);
    });
  }

  #events(index: number): number {
    return this.#pollfds.getInt16(index * POLLFD_SIZE + 6, LITTLE_ENDIAN);
  }

  #closePipe(): void {
    libc().close(this.#readEnd);
    libc().close(this.#writeEnd);
  }
}

/** Every machine that Deno runs on. */
const LITTLE_ENDIAN = true;
