/** Memory that a program holds and does not need now. */

import { libc, readKernelFile } from "./libc.ts";

const MADV_DONTNEED = 4;
const MAPS_LIMIT = 1024 * 1024;

/**
 * What proc_pid_maps(5) shows of code read from a file. Nothing ever writes to it, so that
 * the kernel can take it away at any time and bring it back from its cache when it runs.
 */
const CODE = /^([0-9a-f]+)-([0-9a-f]+) r-xp \S+ \S+ \S+ +\/.*$/gm;

/**
 * Gives back what the C library has put aside (malloc_trim(3)), which takes about a
 * millisecond. Where it cannot, nothing happens.
 */
export function trimHeap(): void {
  if (Deno.build.os === "linux") libc().malloc_trim?.(0n);
}

/**
 * Gives back what the C library has put aside, and the memory of all code, as the kernel
 * itself does where memory is short. What still runs returns at once, 64 KiB at a time; the
 * rest, a third of a runtime that has started, does not. Linux only; elsewhere nothing
 * happens.
 */
export function releaseSpareMemory(): void {
  trimHeap();
  if (Deno.build.os !== "linux") return;
  const maps = readKernelFile("/proc/self/maps", MAPS_LIMIT);
  for (const [, first, end] of maps.matchAll(CODE)) {
    const start = BigInt(`0x${first}`);
    libc().madvise(start, BigInt(`0x${end}`) - start, MADV_DONTNEED);
  }
}
