import assert from "node:assert/strict";
import { LineLimit } from "../../../lib/server/log/line_limit.ts";
import { FakeSystem } from "../fake_system.ts";

Deno.test("so many lines of a kind pass in a while, and the others are counted", async () => {
  const [system, more] = [new FakeSystem(), [] as string[]];
  const say = (kind: string, count: number) => more.push(`${kind} ${count}`);
  const limit = new LineLimit(system, say, { lines: 2, windowMs: 1000 });
  const stages = [1, 2, 3, 4].map(() => limit.admits("stage"));
  assert.deepEqual(stages, [true, true, false, false]);
  assert.equal(limit.admits("error"), true);
  await system.advance(999);
  assert.deepEqual(more, []);
  await system.advance(1);
  assert.deepEqual(more, ["stage 2"]);
  assert.equal(limit.admits("stage"), true);
  await system.advance(1000);
  assert.deepEqual([more.length, system.timers], [1, 0]);
});

Deno.test("what is counted is said at the latest at the end", () => {
  const [system, more] = [new FakeSystem(), [] as string[]];
  const say = (kind: string, count: number) => more.push(`${kind} ${count}`);
  const limit = new LineLimit(system, say, { lines: 0 });
  assert.equal(limit.admits("ssh"), false);
  limit.flush();
  assert.deepEqual([more, system.timers], [["ssh 1"], 0]);
});
