/**
 * All ways of Linux's IPv4 default route: /proc/net/route shows the first alone of a route
 * that has several, as with two lines to the internet.
 */

import { libc } from "./libc.ts";
import { attributes, messages, NETLINK_HEADER, REQUEST } from "./netlink_message.ts";
import { netlinkSocket } from "./netlink_socket.ts";

/** RTM_NEWROUTE, and RTM_GETROUTE. */
const [ROUTE, ASK_ROUTE] = [24, 26];
const AF_INET = 2;
/** RTM_F_FIB_MATCH: the route as it stands in the table; since Linux 4.13. */
const AS_IN_TABLE = 0x2000;
/** RT_TABLE_MAIN */
const MAIN = 254;
/** Of struct rtmsg behind a message's header. */
const ROUTE_SIZE = 12;
/** RTA_DST, and RTA_MULTIPATH: a row of struct rtnexthop. */
const [DESTINATION, SEVERAL] = [1, 9];
const NEXTHOP_SIZE = 8;
/** An address that is nobody's (240.0.0.1): no other route than the default leads there. */
const NOBODY = 0xf0000001;
const NAME_ROOM = 16;
/** Bytes of an answer; one of a hundred ways has 2 KB. */
const ROOM = 16 * 1024;

/** The interfaces of a default route that has several ways; none of one that has one. */
export function defaultNexthops(): string[] {
  const fd = Deno.build.os === "linux" ? netlinkSocket("route", 0, false) : -1;
  if (fd < 0) return [];
  const room = new Uint8Array(ROOM);
  const request = question();
  // The kernel answers before the write is over.
  libc().write(fd, request, BigInt(request.length));
  const length = Number(libc().read(fd, room, BigInt(ROOM)));
  libc().close(fd);
  return length > 0 ? nexthopsIn(room.slice(0, length)).map(nameOf) : [];
}

/** The numbers of the interfaces in the kernel's answer. */
function nexthopsIn(answer: Uint8Array<ArrayBuffer>): number[] {
  const found: number[] = [];
  for (const { type, body } of messages(answer)) {
    if (type !== ROUTE || body.byteLength < ROUTE_SIZE) continue;
    const [prefix, table] = [body.getUint8(1), body.getUint8(4)];
    if (prefix !== 0 || table !== MAIN) continue;
    for (const [kind, value] of attributes(body, ROUTE_SIZE)) {
      if (kind === SEVERAL) found.push(...indicesIn(value));
    }
  }
  return found;
}

function indicesIn(nexthops: DataView): number[] {
  const found: number[] = [];
  for (let offset = 0; offset + NEXTHOP_SIZE <= nexthops.byteLength;) {
    found.push(nexthops.getInt32(offset + 4, true));
    const length = nexthops.getUint16(offset, true);
    offset += Math.max(NEXTHOP_SIZE, (length + 3) & ~3);
  }
  return found;
}

function question(): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(NETLINK_HEADER + ROUTE_SIZE + 8));
  view.setUint32(0, view.byteLength, true);
  view.setUint16(4, ASK_ROUTE, true);
  view.setUint16(6, REQUEST, true);
  view.setUint8(NETLINK_HEADER, AF_INET);
  view.setUint8(NETLINK_HEADER + 1, 32);
  view.setUint32(NETLINK_HEADER + 8, AS_IN_TABLE, true);
  view.setUint16(NETLINK_HEADER + ROUTE_SIZE, 8, true);
  view.setUint16(NETLINK_HEADER + ROUTE_SIZE + 2, DESTINATION, true);
  view.setUint32(NETLINK_HEADER + ROUTE_SIZE + 4, NOBODY);
  return new Uint8Array(view.buffer);
}

function nameOf(index: number): string {
  const name = new Uint8Array(NAME_ROOM);
  libc().if_indextoname(index, name);
  return new TextDecoder().decode(name).replace(/\0.*$/s, "");
}
