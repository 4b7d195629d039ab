/** Netlink sockets: to nf_tables, and to hear of interfaces, addresses and routes. */

import { libc, SOL_SOCKET } from "./libc.ts";

const AF_NETLINK = 16;
/** NETLINK_ROUTE and NETLINK_NETFILTER. */
const FAMILIES = { route: 0, netfilter: 12 } as const;
/** SOCK_RAW and SOCK_CLOEXEC. */
const SOCKET_TYPE = 3 | 0x80000;
const SOCK_NONBLOCK = 0x800;
/** sizeof(struct sockaddr_nl): family, padding, port, groups. */
const ADDRESS_SIZE = 12;
const SO_RCVTIMEO = 20;
const SO_SNDBUFFORCE = 32;
const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
/** NFNLGRP_NFTABLES is group 7; the bits count from group 1. */
export const RULESET_CHANGES = 1 << 6;
/** Seconds after which an answer is not waited for any longer. */
const PATIENCE = 5n;

/**
 * Opens a socket that hears these groups, a bit each.
 *
 * @param waits whether reading waits for what comes, a few seconds at most
 * @returns The descriptor, or -1: nobody without CAP_NET_ADMIN hears a group of netfilter.
 */
export function netlinkSocket(
  family: "route" | "netfilter",
  groups: number,
  waits: boolean,
): number {
  const type = SOCKET_TYPE | (waits ? 0 : SOCK_NONBLOCK);
  const fd = libc().socket(AF_NETLINK, type, FAMILIES[family]);
  if (fd < 0) return -1;
  const address = new DataView(new ArrayBuffer(ADDRESS_SIZE));
  address.setUint16(0, AF_NETLINK, true);
  address.setUint32(8, groups, true);
  if (libc().bind(fd, address, ADDRESS_SIZE) !== 0) {
    libc().close(fd);
    return -1;
  }
  if (waits) {
    const time = new BigInt64Array([PATIENCE, 0n]);
    libc().setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, time, time.byteLength);
  }
  return fd;
}

/** The port id that the kernel gave a socket; 0 if it does not say. */
export function portOf(fd: number): number {
  const address = new DataView(new ArrayBuffer(ADDRESS_SIZE));
  const failed = libc().getsockname(fd, address, new Uint32Array([ADDRESS_SIZE])) !== 0;
  return failed ? 0 : address.getUint32(4, true);
}

/** Lets a socket send so many bytes at once, where we may say so. */
export function roomToSend(fd: number, bytes: number): void {
  const size = new Int32Array([bytes]);
  libc().setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, size, size.byteLength);
}

/** Spares a socket the messages that errors are about; errors are cut off without it. */
export function answerBriefly(fd: number): void {
  libc().setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, new Int32Array([1]), 4);
}

/** Whether this process may change rulesets; undefined where there are none to change. */
export function mayChangeFirewall(): boolean | undefined {
  const plain = netlinkSocket("netfilter", 0, false);
  if (plain < 0) return undefined;
  libc().close(plain);
  const hearing = netlinkSocket("netfilter", RULESET_CHANGES, false);
  if (hearing < 0) return false;
  libc().close(hearing);
  return true;
}
