import { deepEqual, match, rejects } from "node:assert/strict";
import { watchAll } from "../../../../lib/server/fleet/engine/engine_watch.ts";

const RANGE = { first: "a", end: "b" };

/** A watch whose stream says this, and then nothing. */
function watchOf(text: string) {
  const engine = {
    stream: (_path: string, _body: unknown, signal: AbortSignal) => {
      const start = (controller: ReadableStreamDefaultController) => {
        if (text !== "") controller.enqueue(new TextEncoder().encode(text));
      };
      const stream = new ReadableStream<Uint8Array>({ start });
      return Promise.resolve({ endpoint: "https://10.0.0.1:2379", stream, signal });
    },
  };
  const { signal } = new AbortController();
  const begun: string[] = [];
  const start = { from: 1, patience: 0, onBegun: () => void begun.push("begun") };
  return { begun, events: watchAll(engine, RANGE, start, signal) };
}

Deno.test("a watch that etcd does not begin in time is none, and no node is deaf unawares", async () => {
  const { begun, events } = watchOf("");
  await rejects(events.next(), /^EngineError: https:.*: no answer in time$/);
  deepEqual(begun, []);
});

Deno.test("a watch that etcd refuses is an error that says why, in a line", async () => {
  for (
    const [reason, said] of [["compacted", /^compacted$/], [
      "x\n".repeat(1000),
      /^.{200}$/,
    ]] as const
  ) {
    const refused = { result: { canceled: true, cancel_reason: reason } };
    const { begun, events } = watchOf(`${JSON.stringify(refused)}\n`);
    await rejects(events.next(), ({ message }: Error) => {
      match(message.replace("etcd has ended the watch: ", ""), said);
      return true;
    });
    deepEqual(begun, []);
  }
});
