import assert from "node:assert/strict";
import { canRedraw, rewriteError } from "../../lib/cli/terminal.ts";

Deno.test("a line that is written anew stays one where the terminal is narrow", () => {
  const { consoleSize } = Deno;
  const { writeSync } = Deno.stderr;
  const written: string[] = [];
  Deno.consoleSize = () => ({ columns: 40, rows: 24 });
  Deno.stderr.writeSync = (bytes) => {
    written.push(new TextDecoder().decode(bytes));
    return bytes.length;
  };
  try {
    rewriteError("knockd: 12 s to the next step; this one was used");
    rewriteError("");
  } finally {
    Deno.consoleSize = consoleSize;
    Deno.stderr.writeSync = writeSync;
  }
  assert.deepEqual(written, [
    "\r\x1b[Kknockd: 12 s to the next step; this one",
    "\r\x1b[K",
  ]);
});

Deno.test("nothing is written anew where the cursor can't be moved", () => {
  const before = Deno.env.get("TERM") ?? "";
  try {
    Deno.env.set("TERM", "xterm");
    assert.deepEqual([true, false].map(canRedrawOn), [true, false]);
    Deno.env.set("TERM", "dumb");
    assert.deepEqual([true, false].map(canRedrawOn), [false, false]);
  } finally {
    Deno.env.set("TERM", before);
  }
});

const canRedrawOn = (isTerminal: boolean) => canRedraw({ isTerminal: () => isTerminal });
