import assert from "node:assert/strict";
import { watchControl } from "../../../lib/server/control/client.ts";
import { withPath, withServer } from "./control_server.ts";

Deno.test("a watcher is told line by line until it goes away, which ends the stream", async () => {
  const ended = Promise.withResolvers<void>();
  const handle = () =>
    Promise.resolve(
      new ReadableStream({
        start(controller) {
          controller.enqueue({ line: 1 });
          controller.enqueue({ line: 2 });
        },
        cancel: () => ended.resolve(),
      }),
    );
  await withServer(async (path) => {
    const heard: unknown[] = [];
    for await (const value of watchControl(path, { command: "watch" })) {
      heard.push(value);
      if (heard.length === 2) break;
    }
    assert.deepEqual(heard, [{ line: 1 }, { line: 2 }]);
    await ended.promise;
  }, { handle });
});

Deno.test("a watcher hears the end when the daemon stops", async () => {
  const handle = () =>
    Promise.resolve(
      new ReadableStream({
        start(controller) {
          controller.enqueue({ line: "é\n" });
          controller.close();
        },
      }),
    );
  await withServer(async (path) => {
    const heard = await Array.fromAsync(watchControl(path, { command: "watch" }));
    assert.deepEqual(heard, [{ line: "é\n" }]);
  }, { handle });
});

Deno.test("a watcher gives up on a daemon that never answers", () =>
  withPath(async (path) => {
    using _listener = Deno.listen({ transport: "unix", path });
    const watching = Array.fromAsync(watchControl(path, { command: "watch" }, 50));
    await assert.rejects(watching, { message: `${path}: the daemon did not answer` });
  }));

Deno.test("a watcher that may not watch is told why", () =>
  withServer(async (path) => {
    const watching = Array.fromAsync(watchControl(path, { command: "watch" }));
    await assert.rejects(watching, { message: "8 are watching already" });
  }, { handle: () => Promise.reject(new Error("8 are watching already")) }));

Deno.test("a watcher that does not keep up hears its end, and nobody else of it", () => {
  const failed = new Error("the watcher does not keep up");
  let watched: ReadableStreamDefaultController;
  const handle = () =>
    Promise.resolve(
      new ReadableStream({
        start(controller) {
          watched = controller;
          controller.enqueue({ line: 1 });
        },
      }),
    );
  return withServer(async (path) => {
    const heard: unknown[] = [];
    for await (const value of watchControl(path, { command: "watch" })) {
      heard.push(value);
      watched.error(failed);
    }
    assert.deepEqual(heard, [{ line: 1 }]);
  }, { handle });
});
