import assert from "node:assert/strict";
import { realSystem } from "../../lib/server/system.ts";

Deno.test("timers run once after their delay, unless cancelled", async () => {
  const system = realSystem();
  const ran: string[] = [];
  const start = system.monotonic();
  const done = Promise.withResolvers<void>();
  system.schedule(20, () => done.resolve());
  system.schedule(0, () => ran.push("at once"));
  system.schedule(-5, () => ran.push("overdue"));
  const cancel = system.schedule(10, () => ran.push("cancelled"));
  cancel();
  await done.promise;
  assert.ok(system.monotonic() - start >= 19);
  assert.deepEqual(ran, ["at once", "overdue"]);
});

Deno.test("timers of more than 25 days do not fire at once", async () => {
  const system = realSystem();
  const cancel = system.schedule(2 ** 31 + 1000, () => assert.fail("fired"));
  await new Promise<void>((later) => system.schedule(20, later));
  cancel();
});

Deno.test("signals to a process that has ended are ignored", async () => {
  const child = realSystem().spawn(["/bin/true"], {});
  assert.deepEqual(await child.exit, { code: 0 });
  await child.kill("SIGKILL");
  await Promise.all(child.output.map((stream) => stream.cancel()));
});
