import assert from "node:assert/strict";
import { libc } from "../../ffi/libc.ts";
import { Poller } from "../../ffi/poller.ts";

/** The two ends of a pipe, with something to read in it or not. */
function pipe(content: string): { readEnd: number; [Symbol.dispose](): void } {
  const ends = new Int32Array(2);
  assert.equal(libc().pipe(ends), 0);
  const bytes = new TextEncoder().encode(content);
  libc().write(ends[1]!, bytes, BigInt(bytes.length));
  return {
    readEnd: ends[0]!,
    [Symbol.dispose]: () => ends.forEach((fd) => libc().close(fd)),
  };
}

Deno.test("a wait ends when a descriptor can be read", async () => {
  using quiet = pipe("");
  using ready = pipe("x");
  using poller = new Poller();
  assert.deepEqual(await poller.wait([quiet.readEnd, ready.readEnd]), []);
});

Deno.test("a wait ends when it is woken, however often", async () => {
  using quiet = pipe("");
  using poller = new Poller();
  const waiting = poller.wait([quiet.readEnd]);
  poller.wake();
  poller.wake();
  assert.deepEqual(await waiting, []);
  poller.wake();
  assert.deepEqual(await poller.wait([]), []);
});

Deno.test("a wait that was woken does not wake the next", async () => {
  using poller = new Poller();
  poller.wake();
  await poller.wait([]);
  let over = false;
  const waiting = poller.wait([]).then(() => over = true);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(over, false);
  poller.wake();
  await waiting;
});

Deno.test("a wait tells the descriptors that have failed", async () => {
  using quiet = pipe("");
  using poller = new Poller();
  const closed = 987_654;
  assert.deepEqual(await poller.wait([quiet.readEnd, closed, -1]), [closed]);
});

Deno.test("a poller closed during a wait ends it", async () => {
  const poller = new Poller();
  const waiting = poller.wait([]);
  poller[Symbol.dispose]();
  poller[Symbol.dispose]();
  assert.deepEqual(await waiting, []);
  await assert.rejects(poller.wait([]));
});
