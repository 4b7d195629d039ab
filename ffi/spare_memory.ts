/** Memory that a program holds and does not need now. */

import { libc, readKernelFile } from "./libc.ts";

const MADV_DONTNEED = 4;
const MAPS_LIMIT = 1024 * 1024;

/**
 * What proc_pid_maps(5) shows of code read from a file, and of the constants at a file's
 * begin. Nothing ever writes to it, so that the kernel can take it away at any time and bring
 * it back from its cache when it is needed. What is read only further on may have been
 * written to when it was loaded.
 */
const UNWRITTEN = /^([0-9a-f]+)-([0-9a-f]+) (?:r-xp \S+|r--p 0+) \S+ \S+ +\/.*$/gm;

/**
 * Gives back what the C library has put aside (malloc_trim(3)), which takes about a
 * millisecond. Where it cannot, nothing happens.
 */
export function trimHeap(): void {
  if (Deno.build.os === "linux") libc().malloc_trim?.(0n);
}

/**
 * Gives back what the C library has put aside, and the memory of all code and constants, as
 * the kernel itself does where memory is short. What is still needed returns at once, 64 KiB
 * at a time; the rest, a third of a runtime that has started, does not. Linux only; elsewhere nothing
 * happens.
 */
export function releaseSpareMemory(): void {
  trimHeap();
  if (Deno.build.os !== "linux") return;
  const maps = readKernelFile("/proc/self/maps", MAPS_LIMIT);
  for (const [, first, end] of maps.matchAll(UNWRITTEN)) {
    const start = BigInt(`0x${first}`);
    libc().madvise(start, BigInt(`0x${end}`) - start, MADV_DONTNEED);
  }
}
