/** A Unix socket that datagrams are sent to, as a service manager has one. */
import assert from "node:assert/strict";
import { closeOnExec, libc } from "../../ffi/libc.ts";
import { unixAddress } from "../../ffi/unix_address.ts";
import { Poller } from "../../ffi/poller.ts";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;

/** Receives datagrams, in the order in which they come. */
export class Datagrams implements Disposable {
  readonly #fd: number;
  readonly #poller = new Poller();

  /** At a path, or under an abstract name that begins with `@`. */
  constructor(name: string) {
    const address = unixAddress(name);
    assert.ok(address);
    this.#fd = libc().socket(AF_UNIX, SOCK_DGRAM, 0);
    closeOnExec(this.#fd);
    assert.equal(libc().bind(this.#fd, address, address.length), 0, `bind ${name}`);
  }

  /** The next one; fails if none comes within a time. */
  async next(timeout = 5000): Promise<string> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#poller.wake();
    }, timeout);
    await this.#poller.wait([this.#fd]);
    clearTimeout(timer);
    if (late) throw new Error(`no datagram within ${timeout} ms`);
    const buffer = new Uint8Array(4096);
    const length = Number(libc().read(this.#fd, buffer, 4096n));
    return new TextDecoder().decode(buffer.subarray(0, length));
  }

  [Symbol.dispose](): void {
    this.#poller[Symbol.dispose]();
    libc().close(this.#fd);
  }
}
