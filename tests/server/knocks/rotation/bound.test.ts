import assert from "node:assert/strict";
import type { Client } from "../../../../lib/core/door.ts";
import { Secret } from "../../../../lib/core/secret.ts";
import {
  ALICE,
  alice,
  bob,
  client,
  knocks,
  MALLORY,
  rotatingDoor,
  World,
} from "./rotation_world.ts";

const ssh = rotatingDoor("ssh", [alice, bob], { bindSource: true });
const ALICE6 = "2001:db8::1";

/** A client that counts how often something is derived from the secret itself. */
function counted(fill: number): { who: Client; derivations: () => number } {
  let revealed = 0;
  class CountedSecret extends Secret {
    override reveal(): Uint8Array {
      revealed++;
      return super.reveal();
    }
  }
  const secret = new CountedSecret(new Uint8Array(32).fill(fill));
  return { who: { name: "alice", secret }, derivations: () => revealed };
}

Deno.test("bound door opens for the source that its sequence is bound to", () =>
  World.run([ssh], (world) => {
    world.knock(alice);
    world.knock(bob, 1, ALICE6);
    assert.deepEqual(world.openings, [`alice ${ALICE}`, `bob ${ALICE6}`]);
  }));

Deno.test("bound door does not open for a man in the middle with another address", () =>
  World.run([ssh], (world) => {
    for (const [source, his] of [[ALICE, MALLORY], [ALICE6, "2001:db8::66"]] as const) {
      const ports = knocks(ssh, alice, world.step(), source);
      world.send(source, ports.slice(0, 4));
      world.send(his, ports);
      assert.deepEqual(world.openings, []);
    }
  }));

Deno.test("bound door opens for the client whose last packet a third party held back", () =>
  World.run([ssh], (world) => {
    const ports = knocks(ssh, alice, world.step(), ALICE);
    world.send(ALICE, ports.slice(0, 4));
    world.send(MALLORY, ports);
    world.send(ALICE, ports.slice(4));
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));

Deno.test("bound door's first port alone is a stage and opens nothing", () =>
  World.run([ssh], (world) => {
    const [first] = knocks(ssh, alice, world.step(), ALICE);
    for (let i = 0; i < 6; i++) world.send(ALICE, [first!]);
    assert.deepEqual(world.openings, []);
    assert.equal(world.lines("ssh: Stage 1").length, 6);
  }));

Deno.test("bound door takes the later ports in any order", () =>
  World.run([ssh], (world) => {
    const [first, ...rest] = knocks(ssh, alice, world.step(), ALICE);
    world.send(ALICE, [first!, ...rest.toReversed()]);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));

Deno.test("bound door's first port may come last from a source that is known", () =>
  World.run([ssh], (world) => {
    world.send(ALICE, knocks(ssh, alice, world.step() - 1, ALICE).slice(0, 1));
    const [first, ...rest] = knocks(ssh, alice, world.step(), ALICE);
    world.send(ALICE, [...rest, first!]);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));

Deno.test("bound door's window and used sequences are explained too", () =>
  World.run([ssh], async (world) => {
    const step = world.step();
    world.knockWith(alice, step);
    world.knockWith(alice, step);
    assert.deepEqual(world.refusals, []);
    await world.system.advance(26_000);
    world.knockWith(alice, step);
    world.knock(alice, 3);
    assert.equal(world.openings.length, 1);
    assert.equal(world.refusals.length, 2);
    assert.match(world.refusals[0]!, /used already/);
    assert.match(world.refusals[1]!, /clock is about \d+ s ahead/);
  }));

Deno.test("bound door with a counter goes on from what is spent", () => {
  const door = rotatingDoor("ssh", [alice], { bindSource: true, mode: "hotp" });
  return World.run([door], (world) => {
    for (const counter of [0, 1, 1, 5, 3]) world.knockWith(alice, counter);
    assert.equal(world.openings.length, 3);
  });
});

Deno.test("a reload in the middle of a knock on a bound door loses nothing", () =>
  World.run([ssh], (world) => {
    const ports = knocks(ssh, alice, world.step(), ALICE);
    world.send(ALICE, ports.slice(0, 2));
    world.reload([rotatingDoor("ssh", [alice], { bindSource: true }, { cooldown: 1 })]);
    world.send(ALICE, ports.slice(2));
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));

Deno.test("strangers who hit no first port make bound doors derive nothing", () => {
  const { who, derivations } = counted(1);
  const door = rotatingDoor("ssh", [who], { bindSource: true });
  return World.run([door], (world) => {
    const before = derivations();
    const firsts = new Set<number>();
    for (let offset = -5; offset <= 5; offset++) {
      firsts.add(knocks(door, alice, world.step() + offset, ALICE)[0]!.port);
    }
    for (let i = 0; i < 3000; i++) {
      const port = 10_000 + (i * 7919) % 50_000;
      if (firsts.has(port)) continue;
      world.send(`198.18.${i >> 8}.${i & 255}`, [{ port, protocol: "tcp" }]);
    }
    assert.equal(derivations(), before);
    world.knock(who);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  });
});

Deno.test("a flood over a first port costs a bounded number of derivations", () => {
  const { who, derivations } = counted(1);
  const door = rotatingDoor("ssh", [who], { bindSource: true });
  return World.run([door], async (world) => {
    const [first] = knocks(door, alice, world.step(), ALICE);
    const before = derivations();
    for (let i = 0; i < 3000; i++) {
      world.send(`198.18.${i >> 8}.${i & 255}`, [first!]);
    }
    assert.equal(derivations() - before, 200);
    assert.equal(world.lines("some are ignored").length, 1);
    await world.system.advance(1000);
    world.knock(who);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
    await world.system.advance(30_000);
    world.knock(who, 1);
    assert.deepEqual(world.lines("were ignored"), [
      "2800 hits on first ports were ignored",
    ]);
  });
});

Deno.test("one source that hits all first ports leaves derivations for the others", () => {
  const clients = Array.from({ length: 100 }, (_, i) => client(`c${i}`, i + 1));
  const door = rotatingDoor("ssh", clients, { bindSource: true });
  return World.run([door], (world) => {
    for (const who of clients) {
      for (const offset of [-1, 0, 1]) {
        const ports = knocks(door, who, world.step() + offset, MALLORY);
        world.send(MALLORY, ports.slice(0, 1));
      }
    }
    world.knock(clients[70]!);
    assert.deepEqual(world.openings, [`c70 ${ALICE}`]);
  });
});

Deno.test("bound sequences that were forgotten are derived again", () =>
  World.run([ssh], async (world) => {
    const [first, ...rest] = knocks(ssh, alice, world.step(), ALICE);
    world.send(ALICE, [first!]);
    for (let i = 0; i < 1100; i++) {
      if (i % 200 === 0) await world.system.advance(1000);
      world.send(`198.18.${i >> 8}.${i & 255}`, [first!]);
    }
    world.send(ALICE, rest);
    assert.deepEqual(world.openings, []);
    await world.system.advance(1000);
    world.send(ALICE, [first!, ...rest]);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));
