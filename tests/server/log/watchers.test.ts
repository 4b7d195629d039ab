import assert from "node:assert/strict";
import type { LogRecord } from "@logtape/logtape";
import { type WatchedLine, Watchers } from "../../../lib/server/log/watchers.ts";

function record(line: string, properties: Record<string, unknown> = {}): LogRecord {
  const rest = { category: ["knockd"], level: "info", rawMessage: line } as const;
  return { ...rest, message: [line], timestamp: 1000, properties };
}

async function firstOf(stream: ReadableStream<WatchedLine>): Promise<string | undefined> {
  const reader = stream.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return value?.line;
}

Deno.test("a watcher hears what it asked for, from now on", async () => {
  const watchers = new Watchers();
  watchers.tell(record("before"));
  const all = watchers.add({});
  const ssh = watchers.add({ door: "ssh" });
  const source = watchers.add({ ip: "192.0.2.7" });
  const network = watchers.add({ ip: "2001:db8::/32" });
  watchers.tell(record("nobody"));
  watchers.tell(record("six", { door: "web", ip: "2001:db8:0:7::1" }));
  watchers.tell(record("web", { door: "web", ip: "192.0.2.8" }));
  watchers.tell(record("ssh", { door: "ssh", ip: "192.0.2.8" }));
  watchers.tell(record("seven", { door: "web", ip: "192.0.2.7" }));
  assert.deepEqual(
    await Promise.all([all, ssh, source, network].map(firstOf)),
    ["nobody", "ssh", "seven", "six"],
  );
  assert.equal(watchers.any, false);
});

Deno.test("a watcher that stands still is dropped, and the others go on", async () => {
  const watchers = new Watchers();
  const slow = watchers.add({}).getReader();
  const quick = watchers.add({ door: "ssh" });
  for (let i = 0; i < 5000; i++) watchers.tell(record("a"));
  watchers.tell(record("b", { door: "ssh" }));
  await assert.rejects(async () => {
    for (;;) await slow.read();
  }, /does not keep up/);
  assert.equal(await firstOf(quick), "b");
});

Deno.test("there are never more than eight watchers", async () => {
  const watchers = new Watchers();
  const streams = Array.from({ length: 8 }, () => watchers.add({}));
  assert.throws(() => watchers.add({}), /8 are watching already/);
  await streams[0]!.cancel();
  watchers.add({});
  watchers.close();
  assert.equal(watchers.any, false);
});
