import assert from "node:assert/strict";
import { parseAddress } from "../../lib/core/address.ts";
import { Failure } from "../../lib/core/failure.ts";
import { parseSequence } from "../../lib/core/sequence.ts";
import { knock } from "../../lib/client/knock.ts";
import { doubtsOf } from "../../lib/client/one_time.ts";
import { sendSequence } from "../../lib/client/send.ts";
import { FakeSystem } from "./fake_system.ts";

const target = parseAddress("10.0.0.1")!;
const { sequence } = parseSequence("7000,8000:udp,9000");

Deno.test("a sequence is sent in its order with the delay between hits", async () => {
  const system = new FakeSystem();
  await system.run(sendSequence(system, target, sequence, { delay: 30 }));
  assert.deepEqual(system.events, ["0 hit 7000", "30 hit 8000:udp", "60 hit 9000"]);
});

Deno.test("a bound door's first port is hit twice, and nothing waits for it", async () => {
  const system = new FakeSystem();
  const options = { delay: 0, firstTwice: true };
  await system.run(sendSequence(system, target, sequence, options));
  assert.deepEqual(
    system.events,
    ["0 hit 7000", "0 hit 7000", "0 hit 8000:udp", "0 hit 9000"],
  );
  const packet = new FakeSystem();
  await packet.run(sendSequence(packet, target, sequence.slice(1, 2), options));
  assert.deepEqual(packet.events, ["0 hit 8000:udp"], "a packet has all in one");
});

Deno.test("every hit is announced before it is sent", async () => {
  const system = new FakeSystem();
  const onHit = ({ port }: { port: number }) => void system.events.push(`say ${port}`);
  await sendSequence(system, target, sequence.slice(0, 2), { delay: 0, onHit });
  assert.deepEqual(system.events, [
    "say 7000",
    "0 hit 7000",
    "say 8000",
    "0 hit 8000:udp",
  ]);
});

Deno.test("a hit that can't be sent ends the knock", async () => {
  const system = new FakeSystem();
  system.hit = () => Promise.reject(new Failure("can't send"));
  const sent = system.run(sendSequence(system, target, sequence, { delay: 0 }));
  await assert.rejects(sent, Failure);
  assert.equal(system.elapsed, 0);
});

Deno.test("a knock without a port to wait for is over once sent", async () => {
  const system = new FakeSystem();
  const plan = { target, next: () => ({ sequence }), delay: 0, retries: 0 };
  assert.equal(await system.run(knock(system, plan)), undefined);
  assert.equal(system.events.length, 3);
});

Deno.test("a knock is repeated until the port opens, with a sequence each", async () => {
  const system = new FakeSystem();
  system.opensAfterHits = 6;
  let asked = 0;
  const plan = {
    target,
    next: () => {
      asked++;
      return Promise.resolve({ sequence });
    },
    port: 22,
    delay: 0,
    retries: 5,
  };
  assert.ok(await system.run(knock(system, plan)));
  assert.equal(asked, 2);
  const hits = system.events.filter((event) => event.includes("hit"));
  assert.equal(hits.length, 6);
});

Deno.test("a port that is open already needs no knock that would have to wait", async () => {
  const system = new FakeSystem();
  system.opensAt = 0;
  const plan = { target, next: () => ({ sequence }), delay: 0, retries: 0, port: 22 };
  assert.ok(await system.run(knock(system, { ...plan, waits: () => true })));
  assert.deepEqual(system.events, ["0 connect 22"]);
  assert.ok(await system.run(knock(system, { ...plan, waits: () => false })));
  assert.equal(system.events.filter((event) => event.includes("hit")).length, 3);
});

Deno.test("a port that is still closed is knocked on when the wait is over", async () => {
  const system = new FakeSystem();
  system.opensAfterHits = 3;
  const plan = { target, next: () => ({ sequence }), delay: 0, retries: 0, port: 22 };
  assert.ok(await system.run(knock(system, { ...plan, waits: () => true })));
  assert.equal(system.events.filter((event) => event.includes("hit")).length, 3);
});

Deno.test("a knock fails when the port stays closed after all retries", async () => {
  const system = new FakeSystem();
  const plan = { target, next: () => ({ sequence }), port: 22, delay: 0, retries: 2 };
  await assert.rejects(system.run(knock(system, plan)), {
    name: "Failure",
    message: "port 22 of 10.0.0.1: filtered: no answer",
  });
  assert.equal(system.events.filter((event) => event.includes("hit")).length, 9);
});

Deno.test("a knock in vain asks of clocks and addresses where they may be why", async () => {
  const clock = 'is "date -u" here what it is there? ';
  const router = "does the server see another address, a router's (--source-ip)? ";
  const cases = [
    ["totp", false, clock],
    ["totp", true, clock + router],
    ["hotp", true, router],
    ["hotp", false, ""],
  ] as const;
  for (const [mode, bindSource, asked] of cases) {
    const doubts = doubtsOf({ mode, bindSource });
    const next = () => ({ sequence });
    const plan = { target, next, doubts, port: 22, delay: 0, retries: 0 };
    const system = new FakeSystem();
    await assert.rejects(system.run(knock(system, plan)), {
      hint:
        `${asked}the server's log says how far the knock got; --retries N knocks again`,
    });
  }
});

Deno.test("a knock tells a port on which nothing listens from one that is shut", async () => {
  const system = new FakeSystem();
  system.closed = "refuses";
  const next = () => ({ sequence });
  const plan = { target, next, port: 22, delay: 0, retries: 0 };
  await assert.rejects(system.run(knock(system, plan)), {
    name: "Failure",
    message: "port 22 of 10.0.0.1: closed: the door is open, nothing listens",
  });
});

Deno.test("what was sent is told once, and a sending again is no new try", async () => {
  const system = new FakeSystem();
  const told: number[] = [];
  const sendings = [{ sequence }, { sequence, again: true as const }, { sequence }];
  const asked = sendings.values();
  const plan = {
    target,
    next: () => asked.next().value!,
    port: 22,
    delay: 0,
    retries: 1,
    onSent: () => void told.push(system.elapsed),
  };
  await assert.rejects(system.run(knock(system, plan)), Failure);
  assert.deepEqual(told, [0]);
  assert.equal(system.events.filter((event) => event.includes("hit")).length, 9);
});

Deno.test("a knock in any order is sent again while its port stays closed", async () => {
  const system = new FakeSystem();
  // One hit of the first sending was lost.
  system.opensAfterHits = 4;
  let asked = 0;
  const next = () => {
    asked++;
    return { sequence };
  };
  const plan = { target, next, delay: 0, retries: 0, port: 22, anyOrder: true };
  assert.ok(await system.run(knock(system, plan)));
  const hits = () => system.events.filter((event) => event.includes("hit"));
  assert.deepEqual(hits().slice(2, 4), ["0 hit 9000", "1000 hit 7000"]);
  assert.equal(asked, 1, "the same sequence");
  system.opensAfterHits = Infinity;
  system.events.length = 0;
  await assert.rejects(system.run(knock(system, { ...plan, retries: 1 })), Failure);
  assert.equal(hits().length, 2 * 3 * sequence.length);
  assert.equal(asked, 3);
});
