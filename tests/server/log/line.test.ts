import assert from "node:assert/strict";
import fc from "fast-check";
import { anyText } from "../../any_text.ts";
import { escapeControls } from "../../../lib/core/printable.ts";
import { jsonLine, messageText, textLine } from "../../../lib/server/log/line.ts";

function record(message: unknown[], properties: Record<string, unknown> = {}) {
  return {
    category: ["knockd"],
    level: "info" as const,
    message,
    rawMessage: "",
    timestamp: new Date(2026, 10, 22, 8, 5, 59).getTime(),
    properties,
  };
}

Deno.test("a log line has knockd's shape and local time", () => {
  const line = textLine(record(["", "10.77.0.1", ": ", "ssh", ": Stage ", 1, ""]));
  assert.equal(line, "[2026-11-22 08:05] 10.77.0.1: ssh: Stage 1");
});

Deno.test("a log line can say when to the millisecond, with the offset of local time", () => {
  const line = textLine(record(["Stage ", 1]), "iso");
  const [, when = "", offset = ""] =
    /^\[(2026-11-22T08:05:59\.000)([+-]\d\d:\d\d)\] Stage 1$/.exec(line) ?? [];
  assert.equal(Date.parse(when + offset), new Date(2026, 10, 22, 8, 5, 59).getTime());
});

Deno.test("a log line in JSON has time, level, event, door, ip, client and message first", () => {
  const line = jsonLine(
    record(["Stage ", 1], {
      stage: 1,
      ip: "10.0.0.1",
      event: "stage",
      door: "ssh",
      level: "forged",
      error: new Error("full"),
      counter: 3n,
    }),
  );
  const time = new Date(2026, 10, 22, 8, 5, 59).toISOString();
  assert.equal(
    line,
    `{"time":"${time}","level":"info","event":"stage","door":"ssh","ip":"10.0.0.1",` +
      `"message":"Stage 1","stage":1,"error":"full","counter":"3"}`,
  );
});

Deno.test("a log line shows control characters instead of writing them", () => {
  const shown = escapeControls("a\n[2026] forged\r\t\x1b[2J\x7f\x9b\u2028\u202e\0é");
  assert.equal(
    shown,
    "a\\n[2026] forged\\x0d\\x09\\x1b[2J\\x7f\\x9b\\u2028\\u202e\\x00é",
  );
});

Deno.test("whatever is logged stays one printable line, in JSON one object", () => {
  fc.assert(fc.property(anyText(), fc.string(), (value, key) => {
    const entry = record(["a ", value], { [key]: value, door: value });
    for (const line of [textLine(entry), jsonLine(entry)]) {
      assert.doesNotMatch(line, /[\p{Cc}\u2028\u2029\u202e]/u);
    }
    const parsed = JSON.parse(jsonLine(entry));
    assert.equal(parsed.door, value);
    assert.equal(parsed.level, "info");
  }));
});

Deno.test("a log line is cut when it is too long", () => {
  const text = messageText(record(["x".repeat(8192 + 1)]));
  assert.equal(text, `${"x".repeat(8192)}…`);
});
