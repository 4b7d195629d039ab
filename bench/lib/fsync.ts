/** What a promise on disk takes at the least. */

import { sleep } from "../../tests/lab/net.ts";
import { median } from "./statistics.ts";

/** Knocks come after a pause, and a disk that was idle takes longer than one that writes. */
const PAUSE_MS = 15;

/** Milliseconds of one write and fsync of 4 KiB in a directory: as many medians of 50. */
export async function fsyncs(directory: string, repetitions: number): Promise<number[]> {
  using file = Deno.openSync(`${directory}/fsync`, { create: true, write: true });
  const page = new Uint8Array(4096);
  const medians: number[] = [];
  for (let i = 0; i < repetitions; i++) {
    const taken: number[] = [];
    for (let write = 0; write < 50; write++) {
      await sleep(PAUSE_MS);
      const before = performance.now();
      file.writeSync(page);
      file.syncSync();
      taken.push(performance.now() - before);
    }
    medians.push(median(taken));
  }
  return medians;
}
