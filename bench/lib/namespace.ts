/** Sockets on a host of ours, held by our own process, so that one clock is enough. */

import { cString } from "../../ffi/c_string.ts";
import type { Host } from "../../tests/lab/net.ts";
import { libc, must } from "./libc.ts";

const CLONE_NEWNET = 0x40000000;
const O_CLOEXEC = 0x80000;
const AF_INET = 2;
/** SOCK_NONBLOCK and SOCK_CLOEXEC. */
const SOCKET_FLAGS = 0x800 | 0x80000;

/** sizeof(struct sockaddr_in) */
export const ADDRESS_SIZE = 16;

/** Kinds of sockets. */
export const STREAM = 1, DATAGRAM = 2;

/** The network namespace of a host. */
export class Namespace implements Disposable {
  readonly #home = open("/proc/thread-self/ns/net");
  readonly #there: number;

  constructor(host: Host) {
    this.#there = open(`/var/run/netns/${host.namespace}`);
  }

  /** IPv4 sockets of that namespace, bound to an address where one is given. */
  sockets(count: number, type: number, ip?: string, port = 0): number[] {
    const { setns, socket, bind } = libc();
    // A socket stays in the namespace that its maker was in; the maker is back at once.
    must(setns(this.#there, CLONE_NEWNET), "setns");
    try {
      return Array.from({ length: count }, () => {
        const made = must(socket(AF_INET, type | SOCKET_FLAGS, 0), "socket");
        if (ip !== undefined) {
          must(bind(made, socketAddress(ip, port), ADDRESS_SIZE), `bind to ${ip}`);
        }
        return made;
      });
    } finally {
      must(setns(this.#home, CLONE_NEWNET), "setns");
    }
  }

  [Symbol.dispose](): void {
    libc().close(this.#there);
    libc().close(this.#home);
  }
}

/** struct sockaddr_in */
export function socketAddress(ip: string, port: number): Uint8Array<ArrayBuffer> {
  const address = new DataView(new ArrayBuffer(ADDRESS_SIZE));
  address.setUint16(0, AF_INET, true);
  address.setUint16(2, port);
  ip.split(".").forEach((byte, i) => address.setUint8(4 + i, Number(byte)));
  return new Uint8Array(address.buffer);
}

function open(path: string): number {
  return must(libc().open(cString(path), O_CLOEXEC), `open ${path}`);
}
