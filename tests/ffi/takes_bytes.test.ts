import assert from "node:assert/strict";
import { libc } from "../../ffi/libc.ts";
import { takesBytes } from "../../ffi/takes_bytes.ts";

Deno.test("a pipe takes bytes until it is full, again once it is read, and when it is broken", () => {
  const ends = new Int32Array(2);
  assert.equal(libc().pipe(ends), 0);
  const [read, write] = ends as unknown as [number, number];
  const page = new Uint8Array(4096);
  let pages = 0;
  for (; takesBytes(write) && pages < 10_000; pages++) {
    assert.equal(Number(libc().write(write, page, 4096n)), 4096);
  }
  assert.ok(pages > 0 && pages < 10_000);
  libc().read(read, page, 4096n);
  assert.equal(takesBytes(write), true);
  libc().close(read);
  assert.equal(takesBytes(write), true, "the write says what is wrong");
  libc().close(write);
});
