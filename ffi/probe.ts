/**
 * One packet that leaves within the call, from the network that the calling thread is in.
 */

import { libc } from "./libc.ts";

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
/** SOCK_NONBLOCK and SOCK_CLOEXEC. */
const AT_ONCE = 0x800 | 0x80000;
/** sizeof(struct sockaddr_in), and of sockaddr_in6. */
const [SIZE4, SIZE6] = [16, 28];

/**
 * Sends a SYN or a datagram of one byte, on Linux; whether it arrives, who listens tells.
 *
 * @param address four bytes, or sixteen of IPv6
 */
export function sendProbe(
  protocol: "tcp" | "udp",
  address: Uint8Array,
  port: number,
): void {
  const target = socketAddress(address, port);
  const type = (protocol === "tcp" ? SOCK_STREAM : SOCK_DGRAM) | AT_ONCE;
  const fd = libc().socket(address.length === 4 ? AF_INET : AF_INET6, type, 0);
  if (fd < 0) return;
  const { connect, sendto, close } = libc();
  if (protocol === "tcp") connect(fd, target, target.length);
  else sendto(fd, new Uint8Array(1), 1n, 0, target, target.length);
  close(fd);
}

function socketAddress(address: Uint8Array, port: number): Uint8Array<ArrayBuffer> {
  const isIpv4 = address.length === 4;
  const bytes = new Uint8Array(isIpv4 ? SIZE4 : SIZE6);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, isIpv4 ? AF_INET : AF_INET6, true);
  view.setUint16(2, port);
  bytes.set(address, isIpv4 ? 4 : 8);
  return bytes;
}
