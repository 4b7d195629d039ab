/** Whether who reads what we write is keeping up. */

import { libc } from "./libc.ts";

const POLLOUT = 0x4;

/** Bytes that whatever can be written to takes at once: a page of a pipe, as on Linux. */
export const TAKEN_AT_ONCE = 4096;

/**
 * Whether so many bytes can be written to a descriptor without a wait. What has failed
 * can: the write says why.
 */
export function takesBytes(fd: number): boolean {
  const pollfd = new DataView(new ArrayBuffer(8));
  pollfd.setInt32(0, fd, true);
  pollfd.setInt16(4, POLLOUT, true);
  const ready = libc().poll_now(new Uint8Array(pollfd.buffer), 1n, 0);
  return ready !== 0;
}
