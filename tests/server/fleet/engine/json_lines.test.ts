import { deepEqual, rejects } from "node:assert/strict";
import {
  boundedText,
  engineLines,
} from "../../../../lib/server/fleet/engine/json_lines.ts";

const MEGABYTE = new Uint8Array(1024 * 1024).fill(0x78);

/** A body of which so many megabytes come that have no line's end, or none ever. */
function bodyOf(megabytes: number, signal = new AbortController().signal) {
  let left = megabytes;
  const pull = (controller: ReadableStreamDefaultController) => {
    if (left-- > 0) controller.enqueue(MEGABYTE);
    else if (megabytes > 0) controller.close();
  };
  return {
    endpoint: "https://10.0.0.1:2379",
    stream: new ReadableStream({ pull }),
    signal,
  };
}

async function linesOf(...of: Parameters<typeof bodyOf>): Promise<string[]> {
  return await Array.fromAsync(engineLines(bodyOf(...of)));
}

Deno.test("neither an answer nor a line of one is kept beyond 8 MB", async () => {
  deepEqual((await boundedText(bodyOf(8))).length, 8 * MEGABYTE.length);
  await rejects(boundedText(bodyOf(9)), /more than 8388608 bytes/);
  deepEqual(await linesOf(8), []);
  await rejects(linesOf(9), /more than 8388608 bytes/);
});

Deno.test("nobody waits for a body that they gave up", async () => {
  const over = new AbortController();
  const read = linesOf(0, over.signal);
  over.abort(new DOMException("no answer in time", "TimeoutError"));
  await rejects(read, /https:.*: no answer in time/);
});
