import assert from "node:assert/strict";
import fc from "fast-check";
import { requestControl, watchControl } from "../../../lib/server/control/client.ts";
import { withPath, withServer } from "./control_server.ts";

function connect(path: string): Promise<Deno.UnixConn> {
  return Deno.connect({ transport: "unix", path });
}

/** Everything a connection has to say until it is closed. */
async function readAll(connection: Deno.Conn): Promise<string> {
  let text = "";
  const chunk = new Uint8Array(4096);
  for (;;) {
    const count = await connection.read(chunk).catch(() => null);
    if (count === null) return text;
    text += new TextDecoder().decode(chunk.subarray(0, count));
  }
}

const isBadRequest = (text: string) => /"error":"the daemon does not under/.test(text);

for (
  const request of [
    "",
    "status",
    "[]",
    "null",
    '{"command":"open"}',
    '{"command":"status","all":true}',
    '{"command":"close"}',
    '{"command":"close","door":""}',
    '{"command":"close","door":"ssh","all":true}',
    `{"command":"close","door":"${"x".repeat(300)}"}`,
    `${"[".repeat(30_000)}`,
  ]
) {
  Deno.test(`control socket says no to ${request.slice(0, 50) || "an empty line"}`, () =>
    withServer(async (path, asked) => {
      using connection = await connect(path);
      await connection.write(new TextEncoder().encode(`${request}\n`));
      assert.ok(isBadRequest(await readAll(connection)));
      assert.deepEqual(asked, []);
    }));
}

Deno.test("control socket outlives random bytes", () =>
  withServer(async (path, asked) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
        using connection = await connect(path);
        await connection.write(Uint8Array.from([...bytes, 0x0a]));
        assert.ok(isBadRequest(await readAll(connection)));
      }),
      { numRuns: 200 },
    );
    assert.deepEqual(asked, []);
    await requestControl(path, { command: "status" });
  }));

Deno.test("control socket hangs up on a request without an end", () =>
  withServer(async (path) => {
    using connection = await connect(path);
    const chunk = new Uint8Array(16 * 1024).fill(0x20);
    const flood = (async () => {
      for (let sent = 0; sent < 2 ** 22; sent += await connection.write(chunk));
    })();
    await assert.rejects(flood, Deno.errors.BrokenPipe);
  }));

Deno.test("control socket hangs up on clients that stall, half-open or half-sent", () =>
  withServer(async (path) => {
    using silent = await connect(path);
    using slow = await connect(path);
    await slow.write(new TextEncoder().encode('{"command":'));
    using halfOpen = await connect(path);
    await halfOpen.closeWrite();
    assert.deepEqual(await Promise.all([readAll(silent), readAll(slow)]), ["", ""]);
    assert.ok(isBadRequest(await readAll(halfOpen)));
    await requestControl(path, { command: "status" });
  }, { timeLimit: 500 }));

Deno.test("control socket hangs up on a client that does not take its answer", async () => {
  const huge = "x".repeat(2 ** 22);
  await withServer(async (path) => {
    using deaf = await connect(path);
    await deaf.write(new TextEncoder().encode('{"command":"status"}\n'));
    await hungUp(deaf);
    const taken = await readAll(deaf);
    assert.ok(taken.length < huge.length, `${taken.length} characters`);
  }, { timeLimit: 500, handle: () => Promise.resolve(huge) });
});

Deno.test("control socket serves 64 at once, refuses more, and then serves again", () =>
  withServer(async (path) => {
    const idle = await Promise.all(Array.from({ length: 64 }, () => connect(path)));
    await assert.rejects(requestControl(path, { command: "status" }), {
      message: "the daemon has 64 control connections already",
    });
    for (const connection of idle) connection.close();
    let answer: unknown;
    for (let tries = 0; tries < 100 && answer === undefined; tries++) {
      answer = await requestControl(path, { command: "status" }).catch(() => undefined);
    }
    assert.deepEqual(answer, { asked: "status" });
  }));

Deno.test("a daemon that is busy, and hangs up before it was asked, is heard all the same", () =>
  withPath(async (path) => {
    using listener = Deno.listen({ transport: "unix", path });
    // More than waits in a socket: it is still being asked when it hangs up.
    const request = { command: "close", door: "d".repeat(4_000_000) } as const;
    const ask = () => requestControl(path, request);
    const watch = () => Array.fromAsync(watchControl(path, request));
    for (const asks of [ask, watch]) {
      const asking = asks();
      const connection = await listener.accept();
      await connection.write(new TextEncoder().encode('{"error":"busy"}\n'));
      connection.close();
      await assert.rejects(asking, { message: "busy" });
    }
  }));

Deno.test("control socket outlives a thousand connections at once", () =>
  withServer(async (path) => {
    const outcomes = await Promise.all(
      Array.from({ length: 1_000 }, async (_, n) => {
        const connection = await connect(path).catch(() => undefined);
        if (connection === undefined) return "not connected";
        const request = n % 2 ? '{"command":"status"}\n' : "garbage\n";
        await connection.write(new TextEncoder().encode(request)).catch(() => {});
        const answer = await readAll(connection);
        connection.close();
        return answer.match(/asked|understand|already/)?.[0] ?? answer;
      }),
    );
    const known = new Set(["asked", "understand", "already", "not connected"]);
    assert.deepEqual([...new Set(outcomes)].filter((outcome) => !known.has(outcome)), []);
    assert.ok(outcomes.filter((outcome) => outcome === "asked").length >= 20);
    assert.deepEqual(await requestControl(path, { command: "status" }), {
      asked: "status",
    });
  }));

/** Waits until the other side has closed: only then nothing more can be sent to it. */
async function hungUp(connection: Deno.Conn): Promise<void> {
  const space = new Uint8Array([0x20]);
  for (;;) {
    try {
      await connection.write(space);
    } catch (error) {
      assert.ok(error instanceof Deno.errors.BrokenPipe, `${error}`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
