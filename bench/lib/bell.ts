/** How a door's command says that it runs: it writes a line to a FIFO that we wait at. */

import { cString } from "../../ffi/c_string.ts";
import { run } from "../../tests/lab/process.ts";
import { libc, must } from "./libc.ts";

/** O_RDWR, so that nobody who writes has to wait, O_NONBLOCK and O_CLOEXEC. */
const FLAGS = 2 | 0x800 | 0x80000;
const POLLIN = 1;

/** What was written, and when that was seen in milliseconds of performance.now(). */
export interface Ring {
  readonly text: string;
  readonly time: number;
}

/**
 * Waits in the calling thread until a descriptor can be read: nothing stands between it and
 * the clock.
 *
 * @returns When that was, or undefined if it takes longer than so many milliseconds.
 */
export function readable(fd: number, timeout: number): number | undefined {
  const pollfd = new DataView(new ArrayBuffer(8));
  pollfd.setInt32(0, fd, true);
  pollfd.setInt16(4, POLLIN, true);
  if (libc().poll(pollfd, 1n, Math.ceil(timeout)) <= 0) return undefined;
  return performance.now();
}

/** A FIFO. */
export class Bell implements Disposable {
  readonly path: string;
  readonly #fd: number;
  readonly #buffer = new Uint8Array(65536);

  private constructor(path: string) {
    this.path = path;
    this.#fd = must(libc().open(cString(path), FLAGS), `open ${path}`);
  }

  /** A FIFO that is new. */
  static async make(path: string): Promise<Bell> {
    await run(["mkfifo", path]);
    return new Bell(path);
  }

  /** The shell command of a door: it says whom the door was opened for. */
  get command(): string {
    return `echo %IP% >${this.path}`;
  }

  /** The next lines, or undefined when none comes within so many milliseconds. */
  wait(timeout: number): Ring | undefined {
    const time = readable(this.#fd, timeout);
    if (time === undefined) return undefined;
    const length = Number(libc().read(this.#fd, this.#buffer, 65536n));
    const text = new TextDecoder().decode(this.#buffer.subarray(0, Math.max(0, length)));
    return { text, time };
  }

  /** Forgets what rang late. */
  silence(): void {
    while (this.wait(0) !== undefined);
  }

  [Symbol.dispose](): void {
    libc().close(this.#fd);
  }
}
