/** Word from the kernel that an interface, an address or a route is different now. */

import { libc } from "./libc.ts";
import { netlinkSocket } from "./netlink_socket.ts";

/** RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, and the last two for IPv6. */
const GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;
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
    this.fd = Deno.build.os === "linux" ? netlinkSocket("route", GROUPS, false) : -1;
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
