import assert from "node:assert/strict";
import { parseAddress } from "../../lib/core/address.ts";
import { Failure, UsageError } from "../../lib/core/failure.ts";
import { parseSequence } from "../../lib/core/sequence.ts";
import { OneTimeTries } from "../../lib/client/one_time.ts";
import { addProfile } from "../../lib/client/profiles.ts";
import { knockAtAll } from "../../lib/client/all_addresses.ts";
import { anEnrolment } from "../core/one_time/enrolments.ts";
import { withDirectory } from "./directory.ts";
import { FakeConnection, FakeSystem } from "./fake_system.ts";

const targets = ["192.0.2.1", "2001:db8::1"].map((text) => parseAddress(text)!);
const { sequence } = parseSequence("7000,8000");
const plan = { next: () => ({ sequence }), delay: 0, retries: 0 };

Deno.test("all addresses are knocked at, one after the other", async () => {
  const system = new FakeSystem();
  const hits: string[] = [];
  system.hit = (target, { port }) => {
    hits.push(`${target.text} ${port}`);
    return Promise.resolve();
  };
  await system.run(knockAtAll(system, targets, (target) => ({ ...plan, target })));
  assert.deepEqual(
    hits,
    targets.flatMap(({ text }) => [`${text} 7000`, `${text} 8000`]),
  );
});

Deno.test("an address that can't be reached keeps no other from being knocked at", async () => {
  const system = new FakeSystem();
  const hits: string[] = [];
  const refused = new Failure("no way there");
  system.hit = (target, { port }) => {
    if (target === targets[0]) return Promise.reject(refused);
    hits.push(`${target.text} ${port}`);
    return Promise.resolve();
  };
  const knocked = knockAtAll(system, targets, (target) => ({ ...plan, target }));
  await assert.rejects(system.run(knocked), { message: "no way there" });
  assert.deepEqual(hits, ["2001:db8::1 7000", "2001:db8::1 8000"]);
});

Deno.test("what is wrong with the command line is no failure of the only address", async () => {
  const system = new FakeSystem();
  const wrong = new UsageError("no such form");
  for (const port of [undefined, 22]) {
    const next = () => Promise.reject(wrong);
    const knocked = knockAtAll(
      system,
      targets.slice(0, 1),
      (target) => ({ ...plan, target, next, ...port === undefined ? {} : { port } }),
    );
    await assert.rejects(system.run(knocked), wrong);
  }
});

Deno.test("the first address that opens is enough, and ends the knock at the others", async () => {
  const system = new FakeSystem();
  const connect = system.connect.bind(system);
  system.opensAt = 30;
  const shut = new FakeSystem();
  system.connect = (target, port, signal) =>
    target === targets[0]
      ? shut.connect(target, port, signal)
      : connect(target, port, signal);
  const connection = await system.run(
    knockAtAll(system, targets, (target) => ({ ...plan, target, port: 22, retries: 5 })),
  );
  assert.ok(connection);
  const before = system.events.length;
  await system.run(system.sleep(60_000));
  assert.equal(system.events.length, before);
});

Deno.test("what is under way at the others when one has opened ends at its next packet", async () => {
  const system = new FakeSystem();
  const connect = system.connect.bind(system);
  const hit = system.hit.bind(system);
  const [near, far] = targets;
  const shut = new FakeSystem();
  system.opensAt = 30;
  system.connect = (target, port, signal) =>
    target === near ? connect(target, port, signal) : shut.connect(target, port, signal);
  const hits: number[] = [];
  // A host whose way is slow is still being knocked at when the other has opened.
  system.hit = async (target, shot) => {
    if (target !== far) return await hit(target, shot);
    hits.push(shot.port);
    await system.sleep(100);
  };
  await system.run(
    knockAtAll(system, targets, (target) => ({ ...plan, target, port: 22 })),
  );
  await system.run(system.sleep(60_000));
  assert.deepEqual(hits, [7000]);
});

Deno.test("of two addresses that open at once the connection to one is closed", async () => {
  const system = new FakeSystem();
  system.connect = () => {
    const connection = new FakeConnection();
    system.connections.push(connection);
    return Promise.resolve(connection);
  };
  const connection = await system.run(
    knockAtAll(system, targets, (target) => ({ ...plan, target, port: 22 })),
  );
  for (let round = 0; round < 50; round++) await null;
  assert.equal(system.connections.length, 2);
  assert.deepEqual(
    system.connections.filter(({ closed }) => !closed),
    [connection],
  );
});

Deno.test("a knock at addresses that all stay shut says so of each", async () => {
  const system = new FakeSystem();
  const knocked = knockAtAll(
    system,
    targets,
    (target) => ({ ...plan, target, port: 22 }),
  );
  await assert.rejects(system.run(knocked), {
    name: "Failure",
    message: "port 22 of 192.0.2.1: filtered: no answer\n" +
      "port 22 of 2001:db8::1: filtered: no answer",
  });
});

Deno.test(
  "every address gets a one-time sequence of its own, at once",
  withDirectory(async (dir) => {
    const profile = addProfile(dir, anEnrolment());
    const system = new FakeSystem(1_800_000_000_000);
    const planFor = (target: typeof targets[number]) => {
      const shared = target !== targets[0];
      const tries = new OneTimeTries(system, { dir, profile, shared });
      return { ...plan, target, next: () => tries.next() };
    };
    await system.run(knockAtAll(system, targets, planFor));
    assert.equal(new Set(system.events).size, 10);
    assert.equal(system.elapsed, 0);
  }),
);
