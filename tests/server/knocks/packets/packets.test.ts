import assert from "node:assert/strict";
import { parseAddress } from "../../../../lib/core/address.ts";
import type { Client, Door } from "../../../../lib/core/door.ts";
import { packetKey, packetPayload } from "../../../../lib/core/one_time/packet.ts";
import { LinkType } from "../../../../lib/core/packet/parse.ts";
import { frame } from "../../../core/frames.ts";
import { udp } from "../../../core/packets.ts";
import {
  ALICE,
  alice,
  bob,
  HOST,
  HOST6,
  MALLORY,
  rotatingDoor,
  World,
} from "../rotation/rotation_world.ts";
import { memoryLog } from "../../log/memory_log.ts";

const PORT = 62_201;
const ssh = rotatingDoor("ssh", [alice, bob], { packet: PORT });
const bound = rotatingDoor("ssh", [alice], { packet: PORT, bindSource: true });
const hotp = rotatingDoor("ssh", [alice], { packet: PORT, mode: "hotp", lookAhead: 3 });

const elsewhere = rotatingDoor("other", [alice], { packet: PORT + 1 });

/** A client's packet, as the source that it was made on would send it. */
function payload(
  { label, key }: Door,
  { secret }: Client,
  counter: number,
  from = ALICE,
) {
  const binds = key.kind === "otp" && key.otp.bindSource;
  const source = binds ? parseAddress(from) : undefined;
  return packetPayload(packetKey(secret, label), counter, source);
}

interface Way {
  readonly from?: string;
  readonly to?: string;
  readonly port?: number;
  readonly at?: number;
}

/** Sends a datagram to the host. */
function send(world: World, data: Uint8Array, way: Way = {}): void {
  const { from = ALICE, port = PORT } = way;
  const dst = way.to ?? (from.includes(":") ? HOST6 : HOST);
  const packet = udp({ src: from, dst, sport: 4711, dport: port, data });
  world.deliver(frame(LinkType.ETHERNET, packet), way.at);
}

Deno.test("one packet opens a door for whoever sent it, over IPv4 and IPv6", () =>
  World.run([ssh], async (world) => {
    send(world, payload(ssh, alice, world.step()));
    send(world, payload(ssh, bob, world.step()), { from: "2001:db8::1" });
    assert.deepEqual(world.openings, [`alice ${ALICE}`, "bob 2001:db8::1"]);
    await world.system.advance(30_000);
    const padded = new Uint8Array(1200);
    padded.set(payload(ssh, alice, world.step()));
    send(world, padded);
    assert.equal(world.openings.length, 3);
    assert.deepEqual(world.refusals, []);
    assert.deepEqual(world.lines("Stage"), []);
  }));

Deno.test("a bound packet opens for its source alone, and can't be burnt by another", () =>
  World.run([bound], (world) => {
    const data = payload(bound, alice, world.step());
    send(world, data, { from: MALLORY });
    assert.deepEqual(world.openings, []);
    assert.match(world.refusals.join(), /alice: the packet's proof is wrong/);
    send(world, data);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));

for (const [name, door] of Object.entries({ ssh, bound, hotp })) {
  Deno.test(`a counter of the door ${name} opens once, as a packet or as a sequence`, () =>
    World.run([door], (world) => {
      const counter = door === hotp ? 1 : world.step();
      send(world, payload(door, alice, counter));
      world.knockWith(alice, counter, MALLORY);
      assert.deepEqual(world.openings, [`alice ${ALICE}`]);
      world.knockWith(alice, counter + 1);
      send(world, payload(door, alice, counter + 1, MALLORY), { from: MALLORY });
      assert.deepEqual(world.openings, Array(2).fill(`alice ${ALICE}`));
    }));
}

Deno.test("a packet that comes again is no event, and from elsewhere one line", () =>
  World.run([ssh], async (world) => {
    const data = payload(ssh, alice, world.step());
    for (let i = 0; i < 100; i++) send(world, data);
    world.reload([{ ...ssh }]);
    send(world, data);
    assert.deepEqual(world.refusals, []);
    for (let i = 0; i < 1000; i++) send(world, data, { from: MALLORY });
    assert.equal(world.refusals.length, 1);
    await world.system.advance(60_000);
    assert.equal(
      world.lines("ssh: 999 more packets").length,
      1,
      world.log.lines.join("\n"),
    );
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));

Deno.test("a packet whose step is long over is a datagram like any other", () =>
  World.run([ssh], async (world) => {
    const data = payload(ssh, alice, world.step());
    await world.system.advance(600_000);
    send(world, data);
    assert.deepEqual([...world.openings, ...world.refusals], []);
  }));

Deno.test("a packet changed by any bit, cut or moved opens nothing and uses nothing up", () =>
  World.run([ssh, elsewhere], (world) => {
    const data = payload(ssh, alice, world.step());
    for (let bit = 0; bit < 8 * data.length; bit++) {
      const changed = data.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      send(world, changed);
      send(world, changed, { from: MALLORY });
    }
    for (let length = 0; length < data.length; length++) {
      send(world, data.slice(0, length));
    }
    send(world, Uint8Array.from([0, ...data]));
    send(world, new Uint8Array([...data, ...new Uint8Array(1200)]));
    send(world, data, { port: PORT + 1 });
    send(world, data, { to: "10.0.0.3" });
    assert.deepEqual(world.openings, []);
    assert.ok(world.log.lines.length < 10, world.log.lines.join("\n"));
    send(world, data);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));

Deno.test("proofs of a bound packet are computed four times a second at most", () =>
  World.run([bound], async (world) => {
    const data = payload(bound, alice, world.step());
    for (let i = 0; i < 10_000; i++) send(world, data, { from: MALLORY });
    send(world, data);
    assert.deepEqual(world.openings, [], "no proof is left for the right one");
    await world.system.advance(1000);
    send(world, data);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
    assert.ok(world.log.lines.length < 10, world.log.lines.join("\n"));
  }));

Deno.test("a step ahead of the window is refused and spent, one behind is refused", () =>
  World.run([ssh], async (world) => {
    const step = world.step();
    send(world, payload(ssh, alice, step - 2));
    send(world, payload(ssh, alice, step + 2));
    assert.equal(world.refusals.length, 2);
    assert.match(world.refusals[0]!, /clock is about \d+ s behind/);
    assert.match(world.refusals[1]!, /clock is about \d+ s ahead/);
    await world.system.advance(60_000);
    send(world, payload(ssh, alice, step + 2), { from: MALLORY });
    assert.deepEqual(world.openings, []);
    send(world, payload(ssh, alice, step + 3));
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));

for (const [name, door] of Object.entries({ ssh, bound, hotp })) {
  Deno.test(`a packet on the door ${name} that waited for too long is spent, and opens nothing`, () =>
    World.run([door], (world) => {
      const counter = door === hotp ? 1 : world.step();
      const data = payload(door, alice, counter);
      send(world, data, { at: world.system.now() - door.seqTimeout * 1000 });
      assert.match(
        world.refusals.join(),
        /^alice: .* waited to be read for longer than the 25 s .*; it is spent$/,
      );
      send(world, data);
      send(world, data, { from: MALLORY });
      world.knockWith(alice, counter, MALLORY);
      assert.deepEqual(world.openings, []);
      send(world, payload(door, alice, counter + 1));
      assert.deepEqual(world.openings, [`alice ${ALICE}`]);
    }));
}

Deno.test("packets go on through a reload, and through one that brings or takes the port", () =>
  World.run([rotatingDoor("ssh", [alice])], async (world) => {
    const next = async () => {
      await world.system.advance(30_000);
      return payload(ssh, alice, world.step());
    };
    send(world, await next());
    assert.equal(world.openings.length, 0, "it takes none");
    world.reload([rotatingDoor("ssh", [alice], { packet: PORT })]);
    const first = await next();
    send(world, first);
    assert.equal(world.openings.length, 1, "it takes them from now on");
    world.reload([rotatingDoor("ssh", [alice, bob], { packet: PORT })]);
    send(world, first);
    send(world, first, { from: MALLORY });
    assert.equal(world.openings.length, 1);
    send(world, await next());
    assert.equal(world.openings.length, 2);
    world.reload([rotatingDoor("ssh", [alice], { packet: 53 })]);
    send(world, await next());
    assert.equal(world.openings.length, 2, "the port has moved");
    send(world, await next(), { port: 53 });
    assert.equal(world.openings.length, 3);
    world.reload([rotatingDoor("ssh", [alice])]);
    send(world, await next(), { port: 53 });
    assert.equal(world.openings.length, 3, "it takes none any more");
  }));

Deno.test("a packet that its sender sends again is told of as a copy", () => {
  const log = memoryLog("debug");
  return World.run([ssh], (world) => {
    const data = payload(ssh, alice, world.step());
    for (let i = 0; i < 3; i++) send(world, data);
    assert.equal(world.openings.length, 1);
    const copy = `${ALICE}: hit on ${PORT}:udp: a copy of a packet that came before`;
    assert.deepEqual(world.lines("hit on"), [copy, copy]);
  }, { log });
});

Deno.test("a datagram that is no packet is a hit, and a packet is none", () => {
  const mixed = rotatingDoor("ssh", [alice], { packet: PORT });
  return World.run([mixed], (world) => {
    const [first, ...rest] = [...Array(5).keys()].map((i) => 20_000 + i);
    assert.ok(first);
    // Three foreign ports are more than a door tolerates; a packet in between is none.
    world.knock(alice, 0, ALICE, { gap: 0 });
    assert.equal(world.openings.length, 1);
    for (const port of rest) send(world, new Uint8Array(24), { port });
    send(world, payload(mixed, alice, world.step() + 1));
    assert.equal(world.openings.length, 2);
  });
});

Deno.test("doors with one secret, label and port open once between them", () => {
  const other = { ...rotatingDoor("other", [alice], { packet: PORT }), label: ssh.label };
  return World.run([rotatingDoor("ssh", [alice], { packet: PORT }), other], (world) => {
    const data = payload(ssh, alice, world.step());
    send(world, data);
    send(world, data, { from: MALLORY });
    assert.equal(world.openings.length, 1);
  });
});
