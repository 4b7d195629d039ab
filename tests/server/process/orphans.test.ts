import assert from "node:assert/strict";
import { collectOrphans } from "../../../lib/server/process/orphans.ts";
import { isWaitedFor, realSystem } from "../../../lib/server/system.ts";
import { FakeSystem } from "../fake_system.ts";

function setUp(zombies: number[], waitedFor: Set<number>) {
  const system = new FakeSystem();
  let told = () => {};
  collectOrphans(system, {
    follow: (act) => void (told = act),
    ended: () => zombies[0] ?? 0,
    isWaitedFor: (pid) => waitedFor.has(pid),
    collect: (pid) => void zombies.splice(zombies.indexOf(pid), 1),
  });
  return { system, told };
}

Deno.test("what commands left in the background is collected when it ends", async () => {
  const zombies = [7, 8];
  const { system, told } = setUp(zombies, new Set());
  told();
  told();
  await system.advance(100);
  assert.deepEqual(zombies, []);
  assert.equal(system.timers, 0);
});

Deno.test("a command's own end is left to whoever waits for it", async () => {
  const zombies = [7, 8];
  const { system, told } = setUp(zombies, new Set([7]));
  told();
  await system.advance(100);
  assert.deepEqual(zombies, [7, 8]);
  zombies.shift();
  await system.advance(100);
  assert.deepEqual(zombies, []);
});

Deno.test("a process that was started is waited for until it has ended", async () => {
  const child = realSystem().spawn(["/bin/sh", "-c", "exit 3"], {});
  assert.ok(isWaitedFor(child.pid));
  assert.equal((await child.exit).code, 3);
  for (const stream of child.output) await stream.cancel();
  assert.ok(!isWaitedFor(child.pid));
});
