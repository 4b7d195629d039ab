import assert from "node:assert/strict";
import { relay } from "../../lib/client/relay.ts";
import { Failure } from "../../lib/core/failure.ts";
import type { Connection } from "../../lib/client/client_system.ts";

/** Gives these texts one by one, then the end; an error is thrown in its place. */
function source(parts: readonly (string | Error)[]) {
  const rest = [...parts];
  return {
    read(buffer: Uint8Array): Promise<number | null> {
      const part = rest.shift();
      if (part === undefined) return Promise.resolve(null);
      if (part instanceof Error) return Promise.reject(part);
      return Promise.resolve(new TextEncoder().encodeInto(part, buffer).written);
    },
  };
}

/** Takes three bytes at a time, as a full pipe does. */
function sink() {
  const taken = { text: "", closed: false };
  return {
    taken,
    write(bytes: Uint8Array): Promise<number> {
      const part = bytes.subarray(0, 3);
      taken.text += new TextDecoder().decode(part);
      return Promise.resolve(part.length);
    },
  };
}

function connectionOf(received: readonly (string | Error)[]) {
  const { taken, write } = sink();
  const state = { taken, ended: false };
  const connection: Connection = {
    ...source(received),
    write,
    closeWrite: () => {
      taken.closed = true;
      return Promise.resolve();
    },
    close: () => {
      state.ended = true;
    },
  };
  return { connection, state };
}

const forever = { read: () => new Promise<null>(() => {}) };

Deno.test("a proxy carries every byte both ways and hands on the input's end", async () => {
  const { connection, state } = connectionOf(["SSH-2.0-", "server"]);
  const { read, closeWrite } = connection;
  const heard = Promise.withResolvers<void>();
  connection.closeWrite = () => closeWrite().then(heard.resolve);
  connection.read = async (buffer) =>
    await read(buffer) ?? await heard.promise.then(() => null);
  const output = sink();
  await relay(connection, source(["SSH-2.0-client", " more"]), output);
  assert.deepEqual(state.taken, { text: "SSH-2.0-client more", closed: true });
  assert.equal(output.taken.text, "SSH-2.0-server");
  assert.ok(state.ended);
});

Deno.test("a proxy still receives when sending has become impossible", async () => {
  const { connection } = connectionOf(["the last words"]);
  connection.write = () => Promise.reject(new Deno.errors.BrokenPipe());
  const output = sink();
  await relay(connection, source(["hello"]), output);
  assert.equal(output.taken.text, "the last words");
});

Deno.test("a proxy whose reader went away ends the connection", async () => {
  const { connection, state } = connectionOf(["something"]);
  const output = sink();
  output.write = () => Promise.reject(new Deno.errors.BrokenPipe());
  await relay(connection, forever, output);
  assert.ok(state.ended);
});

Deno.test("a proxy ends with the server's last word, while ssh still waits for more", async () => {
  const { connection, state } = connectionOf(["bye"]);
  const output = sink();
  await relay(connection, forever, output);
  assert.equal(output.taken.text, "bye");
  assert.ok(state.ended);
});

Deno.test("a proxy ends quietly when the connection is reset", async () => {
  const { connection, state } = connectionOf(["a", new Deno.errors.ConnectionReset()]);
  const output = sink();
  await relay(connection, source([]), output);
  assert.equal(output.taken.text, "a");
  assert.ok(state.ended);
});

Deno.test("a proxy says in words that the network was lost, and a disk is full", async () => {
  const rows: [number, string, string][] = [
    [110, "Connection timed out", "knock again when the network is there"],
    [113, "No route to host", "knock again when the network is there"],
    [28, "No space left on device", "free some space"],
  ];
  for (const [errno, words, hint] of rows) {
    const code = errno === 28 ? { code: "ENOSPC" } : {};
    const error = Object.assign(new Error(`${words} (os error ${errno})`), code);
    const { connection, state } = connectionOf(["a", error]);
    await assert.rejects(relay(connection, source([]), sink()), (shown: Error) => {
      assert.ok(shown instanceof Failure);
      assert.equal(shown.message, `the connection broke off: ${words}`);
      assert.equal(shown.hint, hint);
      return true;
    });
    assert.ok(state.ended);
  }
});
