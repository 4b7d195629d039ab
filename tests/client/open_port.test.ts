import assert from "node:assert/strict";
import { parseAddress } from "../../lib/core/address.ts";
import { connectWhenOpen, PATIENCE } from "../../lib/client/open_port.ts";
import { FakeConnection, FakeSystem } from "./fake_system.ts";

const target = parseAddress("10.0.0.1")!;

Deno.test("waiting for a port connects at once when it is open", async () => {
  const system = new FakeSystem();
  system.opensAt = 0;
  const connection = await system.run(connectWhenOpen(system, target, 22));
  assert.ok(connection);
  assert.equal(system.elapsed, 1);
  assert.deepEqual(system.events, ["0 connect 22"]);
});

Deno.test("waiting for a port tries at growing intervals while it drops", async () => {
  const system = new FakeSystem();
  system.opensAt = 100;
  assert.ok(await system.run(connectWhenOpen(system, target, 22)));
  assert.deepEqual(
    system.events,
    [0, 20, 60, 140].map((time) => `${time} connect 22`),
  );
});

Deno.test("waiting for a port tries again after a refusal", async () => {
  const system = new FakeSystem();
  system.opensAt = 50;
  system.closed = "refuses";
  assert.ok(await system.run(connectWhenOpen(system, target, 22)));
  assert.equal(system.elapsed, 61);
});

Deno.test("waiting for a port reaches a host further away than the interval", async () => {
  const system = new FakeSystem();
  system.opensAt = 0;
  system.roundTrip = 700;
  const connection = await system.run(connectWhenOpen(system, target, 22));
  assert.ok(connection);
  assert.equal(system.elapsed, 700);
});

Deno.test("waiting for a port keeps one connection and opens no second", async () => {
  const system = new FakeSystem();
  system.opensAt = 0;
  system.roundTrip = 100;
  const connection = await system.run(connectWhenOpen(system, target, 22));
  const open = system.connections.filter(({ closed }) => !closed);
  assert.deepEqual(open, [connection]);
});

Deno.test("waiting for a port closes a connection that comes after the one it gives", async () => {
  const system = new FakeSystem();
  const tries: PromiseWithResolvers<FakeConnection>[] = [];
  system.connect = () => {
    const answer = Promise.withResolvers<FakeConnection>();
    tries.push(answer);
    return answer.promise;
  };
  const waiting = connectWhenOpen(system, target, 22);
  await system.run(system.sleep(50));
  const [first, second] = [new FakeConnection(), new FakeConnection()];
  tries[1]!.resolve(first);
  for (let round = 0; round < 50; round++) await null;
  tries[0]!.resolve(second);
  for (const { resolve } of tries.slice(2)) resolve(second);
  assert.equal(await system.run(waiting), first);
  assert.deepEqual([first.closed, second.closed], [false, true]);
});

for (const closed of ["drops", "refuses"] as const) {
  Deno.test(`waiting for a port that ${closed} ends with the patience`, async () => {
    const system = new FakeSystem();
    system.closed = closed;
    const how = closed === "drops" ? "filtered" : "closed";
    assert.equal(await system.run(connectWhenOpen(system, target, 22)), how);
    assert.equal(system.elapsed, PATIENCE);
    assert.ok(system.events.length < 20, `${system.events.length} tries`);
  });
}
