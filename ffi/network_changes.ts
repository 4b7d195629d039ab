/** Word from the kernel that an interface, an address or a route is different now. */

import { libc } from "./libc.ts";

const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;
/** SOCK_RAW, SOCK_NONBLOCK and SOCK_CLOEXEC. */
const SOCKET_TYPE = 3 | 0x800 | 0x80000;
/** RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, and the last two for IPv6. */
const GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;
/** sizeof(struct sockaddr_nl): family, padding, port, groups. */
const ADDRESS_SIZE = 12;

/** Messages taken at a time; the rest come with the next call. */
const MAX_MESSAGES = 1000;

/** A netlink socket, on Linux; elsewhere, or where the system refuses one, nothing. */
export class NetworkChanges implements Disposable {
  /** To be polled: readable when something changed. -1 if nobody will tell us. */
  readonly fd: number;
  readonly #message = new Uint8Array(4096);
  #closed = false;

  /** Listens from now on. */
  constructor() {
    this.fd = Deno.build.os === "linux" ? open() : -1;
  }

  /** Whether something changed since the last call. */
  changed(): boolean {
    if (this.fd < 0 || this.#closed) return false;
    const { read } = libc();
    let messages = 0;
    while (messages < MAX_MESSAGES && read(this.fd, this.#message, 4096n) > 0) messages++;
    return messages > 0;
  }

  /** Gives the socket back. */
  [Symbol.dispose](): void {
    if (this.fd >= 0 && !this.#closed) libc().close(this.fd);
    this.#closed = true;
  }
}

function open(): number {
  const fd = libc().socket(AF_NETLINK, SOCKET_TYPE, NETLINK_ROUTE);
  if (fd < 0) return -1;
  const address = new DataView(new ArrayBuffer(ADDRESS_SIZE));
  address.setUint16(0, AF_NETLINK, true);
  address.setUint32(8, GROUPS, true);
  if (libc().bind(fd, address, ADDRESS_SIZE) === 0) return fd;
  libc().close(fd);
  return -1;
}
