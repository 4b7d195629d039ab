import assert from "node:assert/strict";
import { MemorySource } from "./capture/memory_network.ts";
import { FakeSystem } from "./fake_system.ts";
import { door, MemoryWorld } from "./memory_world.ts";
import { MemoryNetwork } from "./capture/memory_network.ts";

const ALICE = "10.0.0.7";
const BOB = "10.0.0.8";

/** What the system says when something runs out. */
const WORDS = [
  "Too many open files (os error 24)",
  "Too many open files in system (os error 23)",
  "Cannot allocate memory (os error 12)",
  "Resource temporarily unavailable (os error 11)",
  "Input/output error (os error 5)",
  "No space left on device (os error 28)",
];

/** Every call that a running daemon makes of the world and that may fail. */
const CALLS: [prototype: object, call: string][] = [
  ...["open", "index", "isUp", "addresses", "defaultInterfaces", "changed", "wait"]
    .map((call): [object, string] => [MemoryNetwork.prototype, call]),
  ...["read", "setFilter", "compile"]
    .map((call): [object, string] => [MemorySource.prototype, call]),
  ...["spawn", "endMarked"].map((call): [object, string] => [FakeSystem.prototype, call]),
];

/** Makes a call fail until the result is disposed. */
function failing(prototype: object, call: string, error: Error): Disposable {
  const methods = prototype as Record<string, unknown>;
  const method = methods[call];
  methods[call] = () => {
    throw error;
  };
  return { [Symbol.dispose]: () => void (methods[call] = method) };
}

for (const [index, [prototype, call]] of CALLS.entries()) {
  const words = WORDS[index % WORDS.length]!;
  Deno.test(`a daemon goes on when ${call} fails, and is well when it does not`, async () => {
    await using world = await MemoryWorld.start(door("ssh", 7000));
    {
      using _failing = failing(prototype, call, new Error(words));
      world.network.tellChange();
      await world.knock(ALICE, 7000, 7001, 7002);
      await world.daemon.reload().catch(() => {});
      await world.pass(7);
    }
    world.network.tellChange();
    await world.pass(70);
    assert.deepEqual(world.daemon.status().leases, []);
    await world.knock(BOB, 7000, 7001, 7002);
    assert.deepEqual(await world.commands(), [`open ssh ${BOB}`]);
    await world.system.advance(60_000);
    assert.deepEqual(await world.commands(), [`close ssh ${BOB}`]);
  });
}

Deno.test("without a descriptor the addresses that were known hold", async () => {
  await using world = await MemoryWorld.start(door("ssh", 7000));
  using _failing = failing(MemoryNetwork.prototype, "addresses", new Error(WORDS[0]));
  await world.system.advance(60_000);
  await world.knock(ALICE, 7000, 7001, 7002);
  assert.deepEqual(await world.commands(), [`open ssh ${ALICE}`]);
  const said = world.log.lines.filter((line) => line.includes("Too many open files"));
  assert.deepEqual(said, ["Too many open files; going on, and trying again"]);
});
