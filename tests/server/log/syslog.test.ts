import assert from "node:assert/strict";
import type { LogRecord } from "@logtape/logtape";
import { type Format, syslogDestination } from "../../../lib/server/log/destination.ts";
import { FakeSystem } from "../fake_system.ts";

function record(level: LogRecord["level"], message: string): LogRecord {
  return {
    level,
    message: [message],
    rawMessage: message,
    category: ["knockd"],
    properties: { door: "ssh" },
    timestamp: Date.UTC(2026, 10, 26, 8),
  };
}

/** What a destination hands to syslog(3). */
async function handedOver(format: Format, records: readonly LogRecord[]) {
  const lines: [number, string][] = [];
  const destination = await syslogDestination(format, new FakeSystem(), () => ({
    write: (priority, line) => lines.push([priority, line]) > 0,
    [Symbol.dispose]: () => void lines.push([NaN, "closed"]),
  }));
  for (const each of records) destination.write(each);
  destination.close?.();
  return lines;
}

Deno.test("syslog gets a line with the priority that knockd 0.8 gave it, notice", async () => {
  assert.deepEqual(await handedOver("text", [record("info", "ssh: 192.0.2.7: OPEN")]), [
    [5, "ssh: 192.0.2.7: OPEN"],
    [NaN, "closed"],
  ]);
});

Deno.test("syslog tells what is wrong, what looks wrong and what is for developers apart", async () => {
  const levels = ["error", "warning", "debug"] as const;
  const lines = await handedOver("text", levels.map((level) => record(level, level)));
  assert.deepEqual(lines.slice(0, 3), [[3, "error"], [4, "warning"], [7, "debug"]]);
});

Deno.test("syslog gets lines of JSON where the log has them, each a whole object", async () => {
  const [[priority, line] = []] = await handedOver("json", [record("info", "%s %n\n")]);
  assert.equal(priority, 5);
  assert.ok(!line!.includes("\n"));
  assert.equal(JSON.parse(line!).door, "ssh");
});

Deno.test("lines that syslog would have to wait for come later, in their order", async () => {
  const system = new FakeSystem();
  const lines: string[] = [];
  let room = 1;
  const destination = await syslogDestination("text", system, () => ({
    write: (_, line) => room-- > 0 && lines.push(line) > 0,
    [Symbol.dispose]() {},
  }));
  for (let n = 1; n <= 1003; n++) destination.write(record("info", `line ${n}`));
  assert.deepEqual(lines, ["line 1"]);
  room = 5;
  await system.advance(1000);
  assert.equal(lines.at(-1), "line 6");
  room = Infinity;
  await system.advance(1000);
  assert.equal(lines.length, 1002);
  assert.deepEqual(lines.slice(-2), [
    "line 1001",
    "2 lines were lost here: nobody read them in time",
  ]);
  assert.equal(system.timers, 0);
});
