import assert from "node:assert/strict";
import type { LogRecord } from "@logtape/logtape";
import { consoleDestination } from "../../../lib/server/log/destination.ts";
import {
  isCollected,
  linePrefix,
  priorityPrefix,
} from "../../../lib/server/log/service_journal.ts";

Deno.test("the journal has an output that is the stream it names, and no other", () => {
  const { dev, ino } = Deno.statSync("/proc/self/fd/2");
  assert.ok(isCollected(2, `${dev}:${ino}`));
  assert.ok(!isCollected(2, `${dev}:${ino! + 1}`));
  assert.ok(!isCollected(2, ""));
  assert.ok(!isCollected(2, undefined));
});

Deno.test("a line for the journal begins with its priority", () => {
  const written: string[] = [];
  const stream = {
    writeSync(bytes: Uint8Array) {
      written.push(new TextDecoder().decode(bytes));
      return bytes.length;
    },
  };
  const destination = consoleDestination(stream, "text", priorityPrefix);
  for (const level of ["debug", "info", "warning", "error"] as const) {
    const record = { level, message: [`a ${level}`], timestamp: 0, properties: {} };
    destination.write(record as unknown as LogRecord);
  }
  assert.deepEqual(written, [
    "<7>a debug\n",
    "<6>a info\n",
    "<4>a warning\n",
    "<3>a error\n",
  ]);
});

Deno.test("what the command line has to say is as grave in the journal as it says", () => {
  const lines = ["error: a", "warning: b", "hint: c", "an error: d"].map((line) =>
    `knockd: ${line}`
  );
  assert.deepEqual(lines.map(linePrefix), ["<3>", "<4>", "<6>", "<6>"]);
});
