/**
 * What Linux knows of a network interface, asked through a socket that is open already:
 * a process without a free descriptor must not take an interface for one that is gone.
 */

import { libc } from "./libc.ts";

const SIOCGIFFLAGS = 0x8913n;
const SIOCGIFINDEX = 0x8933n;
/** sizeof(struct ifreq), and of the name in it. */
const REQUEST_SIZE = 40;
const NAME_SIZE = 16;

/** IFF_UP */
const UP = 0x1;
/** IFF_MASTER and IFF_NOARP: of a VRF both, of a bond the first. */
const VRF = 0x400 | 0x80;

/** The number the system knows an interface by; 0 where there is none of this name. */
export function indexThrough(fd: number, name: string): number {
  return ask(fd, SIOCGIFINDEX, name)?.getInt32(NAME_SIZE, true) ?? 0;
}

/** Whether an interface is there and up. */
export function isUpThrough(fd: number, name: string): boolean {
  return (flagsOf(fd, name) & UP) !== 0;
}

/** Whether what an interface receives is captured as if it was sent: that of a VRF is. */
export function showsReceivedAsSent(fd: number, name: string): boolean {
  return Deno.build.os === "linux" && (flagsOf(fd, name) & VRF) === VRF;
}

function flagsOf(fd: number, name: string): number {
  return ask(fd, SIOCGIFFLAGS, name)?.getUint16(NAME_SIZE, true) ?? 0;
}

function ask(fd: number, request: bigint, name: string): DataView | undefined {
  const answer = new Uint8Array(REQUEST_SIZE);
  const bytes = new TextEncoder().encode(name);
  if (bytes.length >= NAME_SIZE) return undefined;
  answer.set(bytes);
  if (libc().ioctl_with(fd, request, answer) !== 0) return undefined;
  return new DataView(answer.buffer);
}
