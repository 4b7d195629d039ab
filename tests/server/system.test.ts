import assert from "node:assert/strict";
import { realSystem } from "../../lib/server/system.ts";

Deno.test("timers run once after their delay, unless cancelled", async () => {
  const system = realSystem();
  const ran: string[] = [];
  const start = system.monotonic();
  const run = (delay: number, name: string) =>
    new Promise<void>((resolve) =>
      system.schedule(delay, () => {
        ran.push(name);
        resolve();
      })
    );
  const cancel = system.schedule(10, () => ran.push("cancelled"));
  cancel();
  await Promise.all([run(0, "at once"), run(-5, "overdue"), run(20, "later")]);
  assert.ok(system.monotonic() - start >= 19);
  assert.deepEqual(ran.toSorted(), ["at once", "later", "overdue"]);
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
