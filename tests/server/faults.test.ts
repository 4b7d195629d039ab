import assert from "node:assert/strict";
import { Faults, withRetries } from "../../lib/server/faults.ts";
import { FakeSystem } from "./fake_system.ts";

/** A system whose faults are kept. */
function world() {
  const system = new FakeSystem();
  const said: string[] = [];
  const faults = new Faults(system, (line) => said.push(line));
  return { system, faults, said, retrying: withRetries(system, faults) };
}

const TOO_MANY = new Error("Too many open files (os error 24)");

Deno.test("a fault is said once, and again when it had been over for ten minutes", async () => {
  const { system, faults, said } = world();
  for (let minute = 0; minute < 30; minute++) {
    faults.met(TOO_MANY);
    await system.advance(60_000);
  }
  assert.deepEqual(said, ["Too many open files; going on, and trying again"]);
  await system.advance(600_000);
  faults.met(TOO_MANY);
  assert.equal(said.length, 2);
});

Deno.test("faults of ever other words take no memory", () => {
  const { faults, said } = world();
  for (let i = 0; i < 1000; i++) faults.met(new Error(`fault ${i}`));
  assert.equal(said.length, 1000);
});

Deno.test("a fault of the program's own is told from one of the machine's", () => {
  const { faults, said } = world();
  faults.attempt(() => (undefined as unknown as { x: number }).x);
  assert.match(said[0]!, /^a fault of knockd's own: TypeError: /);
});

Deno.test("a timer whose work fails comes again, ever later, until it does not", async () => {
  const { system, retrying, said } = world();
  const tries: number[] = [];
  const begin = system.monotonic();
  retrying.schedule(500, () => {
    tries.push(system.monotonic() - begin);
    if (tries.length < 9) throw TOO_MANY;
  });
  await system.advance(600_000);
  assert.deepEqual(
    tries.map((ms) => (ms - 500) / 1000),
    [0, 1, 3, 7, 15, 31, 63, 123, 183],
  );
  assert.equal(said.length, 1);
  assert.equal(system.timers, 0);
});

Deno.test("a timer that is cancelled is not tried again", async () => {
  const { system, retrying } = world();
  let tries = 0;
  const cancel = retrying.schedule(500, () => {
    tries++;
    throw TOO_MANY;
  });
  await system.advance(600);
  cancel();
  await system.advance(600_000);
  assert.equal(tries, 1);
  assert.equal(system.timers, 0);
});
