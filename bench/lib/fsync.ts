/** What a promise on disk takes at the least. */

import { median } from "./statistics.ts";

/** Milliseconds of one write and fsync of 4 KiB in a directory: as many medians of 50. */
export function fsyncs(directory: string, repetitions: number): number[] {
  using file = Deno.openSync(`${directory}/fsync`, { create: true, write: true });
  const page = new Uint8Array(4096);
  return Array.from({ length: repetitions }, () => {
    const taken = Array.from({ length: 50 }, () => {
      const before = performance.now();
      file.writeSync(page);
      file.syncSync();
      return performance.now() - before;
    });
    return median(taken);
  });
}
