import assert from "node:assert/strict";
import type { LogRecord } from "@logtape/logtape";
import { LaterLines } from "../../../lib/server/log/later_lines.ts";

function line(text: string): LogRecord {
  return {
    category: [],
    level: "info",
    message: [text],
    rawMessage: text,
    timestamp: 0,
    properties: {},
  };
}

function lines() {
  const written: unknown[] = [];
  const later = new LaterLines((records) => {
    for (const { message: [text] } of records) {
      written.push(text);
      if (text === "cause") later.add(line("effect"));
    }
  });
  return { later, written };
}

Deno.test("lines are written in their order once what said them is through", async () => {
  const { later, written } = lines();
  for (const text of ["a", "b"]) later.add(line(text));
  assert.deepEqual(written, []);
  await Promise.resolve();
  assert.deepEqual(written, ["a", "b"]);
  later.add(line("c"));
  await Promise.resolve();
  assert.deepEqual(written, ["a", "b", "c"]);
});

Deno.test("a log that is closed or opened anew has the lines that were said before", () => {
  const { later, written } = lines();
  later.add(line("a"));
  later.flush();
  assert.deepEqual(written, ["a"]);
  later.flush();
  assert.deepEqual(written, ["a"]);
});

Deno.test("a line that a line gives rise to comes after it", async () => {
  const { later, written } = lines();
  for (const text of ["cause", "a"]) later.add(line(text));
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(written, ["cause", "a", "effect"]);
});

Deno.test("thousands of lines at once don't wait in memory, and stay in order", async () => {
  const { later, written } = lines();
  const all = Array.from({ length: 1000 }, (_, i) => `${i}`);
  for (const [i, text] of all.entries()) {
    later.add(line(text));
    assert.ok(i - written.length < 256);
  }
  await Promise.resolve();
  assert.deepEqual(written, all);
});
