/**
 * Datagrams to a Unix socket, which Deno has only behind an unstable flag, and the clock
 * that systemd compares by.
 */

import { libc, SOL_SOCKET } from "./libc.ts";
import { AF_UNIX, unixAddress } from "./unix_address.ts";

/** SOCK_DGRAM and SOCK_CLOEXEC. */
const SOCKET_TYPE = 2 | 0x80000;
const MSG_NOSIGNAL = 0x4000;
const SO_SNDTIMEO = 21;
/** struct timeval: a quarter of a second, for a receiver that takes its time. */
const PATIENCE = new BigInt64Array([0n, 250_000n]);
const CLOCK_MONOTONIC = 1;

/** A Unix socket on Linux that takes datagrams. */
export class NotifySocket implements Disposable {
  readonly #address: Uint8Array<ArrayBuffer>;
  readonly #fd: number;
  #closed = false;

  private constructor(fd: number, address: Uint8Array<ArrayBuffer>) {
    this.#fd = fd;
    this.#address = address;
  }

  /**
   * Prepares for datagrams to an absolute path, or to an abstract name: one that begins
   * with `@`. `undefined` for any other name, and where there are no such sockets.
   */
  static open(name: string): NotifySocket | undefined {
    const address = unixAddress(name);
    if (address === undefined || Deno.build.os !== "linux") return undefined;
    const fd = libc().socket(AF_UNIX, SOCKET_TYPE, 0);
    if (fd < 0) return undefined;
    libc().setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, PATIENCE, PATIENCE.byteLength);
    return new NotifySocket(fd, address);
  }

  /** Sends a datagram; whether it could be. */
  send(text: string): boolean {
    if (this.#closed) return false;
    const bytes = new TextEncoder().encode(text);
    const { sendto } = libc();
    const { length } = this.#address;
    const size = BigInt(bytes.length);
    return sendto(this.#fd, bytes, size, MSG_NOSIGNAL, this.#address, length) === size;
  }

  /** Gives the socket back. */
  [Symbol.dispose](): void {
    if (!this.#closed) libc().close(this.#fd);
    this.#closed = true;
  }
}

/** Microseconds of CLOCK_MONOTONIC, as systemd reads it on Linux. */
export function monotonicMicroseconds(): bigint {
  const timespec = new BigInt64Array(2);
  libc().clock_gettime(CLOCK_MONOTONIC, timespec);
  const [seconds = 0n, nanoseconds = 0n] = timespec;
  return seconds * 1_000_000n + nanoseconds / 1000n;
}
