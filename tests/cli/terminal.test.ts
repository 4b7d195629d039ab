import assert from "node:assert/strict";
import { rewriteError } from "../../lib/cli/terminal.ts";

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
