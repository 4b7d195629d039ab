import assert from "node:assert/strict";
import { Drain } from "../../../lib/server/commands/drain.ts";
import { FakeSystem } from "../fake_system.ts";

Deno.test("however many read what they throw away, one read is made each millisecond", async () => {
  const system = new FakeSystem();
  const drain = new Drain(system);
  const start = system.monotonic();
  const at: number[] = [];
  const turn = () => drain.turn().then(() => at.push(system.monotonic() - start));
  for (let reader = 0; reader < 3; reader++) void turn();
  await system.advance(100);
  void turn();
  await system.advance(100);
  assert.deepEqual(at, [1, 2, 3, 101]);
});
