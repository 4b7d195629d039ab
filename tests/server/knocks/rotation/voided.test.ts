import assert from "node:assert/strict";
import type { Door, Knock } from "../../../../lib/core/door.ts";
import { door, sequence } from "../../../core/doors.ts";
import { Random } from "../../../fuzz/random.ts";
import { ALICE, alice, knocks, MALLORY, rotatingDoor, World } from "./rotation_world.ts";

const ALL: readonly Knock[] = Array.from({ length: 65_535 }, (_, i) => ({
  port: i + 1,
  protocol: "tcp",
}));

function shuffled(ports: readonly Knock[]): Knock[] {
  const random = new Random(1);
  const order = ports.map((port) => ({ port, at: random.u32() }));
  return order.sort((a, b) => a.at - b.at).map(({ port }) => port);
}

type Scan = [how: string, scanner: string, ports: readonly Knock[]];

const SCANS: readonly Scan[] = [
  ["ascending", MALLORY, ALL],
  ["in random order", MALLORY, shuffled(ALL)],
  ["in random order", ALICE, shuffled(ALL)],
  ["each port twice", ALICE, ALL.flatMap((port) => [port, port])],
];

/** Sends as knockd's client does until its port is open: the same ports up to thrice. */
async function sendThrice(
  world: World,
  ports: readonly Knock[],
  source = ALICE,
): Promise<string[]> {
  const before = world.openings.length;
  for (const pause of [1000, 1500, 0]) {
    world.send(source, ports, { gap: 0.1 });
    const opened = world.openings.slice(before);
    if (opened.length > 0) return opened;
    await world.system.advance(pause);
  }
  return [];
}

async function withLines(
  lines: string,
  test: (door: Door, path: string) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile({ prefix: "knockd-lines-" });
  try {
    await Deno.writeTextFile(path, lines);
    await test(rotatingDoor("list", [], {}, { key: { kind: "file", path } }), path);
  } finally {
    await Deno.remove(path);
  }
}

for (const [how, scanner, ports] of SCANS) {
  const who = scanner === ALICE ? "from the client's address" : "from another address";
  Deno.test(`a scan of all ports, ${how}, ${who}, spends nothing`, () =>
    withLines("7100,8100,9100\n7200,8200,9200\n", async (list, path) => {
      const clock = rotatingDoor("clock", [alice]);
      const count = rotatingDoor("count", [alice], { mode: "hotp" });
      const text = await Deno.readTextFile(path);
      await World.run([clock, count, list], async (world) => {
        world.send(scanner, ports, { gap: 10_000 / ports.length });
        await world.system.advance(10_000);
        assert.deepEqual(world.openings, []);
        assert.equal(await Deno.readTextFile(path), text);
        assert.ok(world.refusals.length <= 3, `${world.refusals}`);
        const knocksOf = [
          knocks(clock, alice, world.step(), ALICE),
          knocks(count, alice, 0, ALICE),
          sequence("7100,8100,9100"),
        ];
        for (const ports of knocksOf) {
          assert.equal((await sendThrice(world, ports)).length, 1);
          await world.system.advance(1000);
        }
      });
    }));
}

/** Packets in a client's name, on ports that no door has. */
function forged(count: number): Knock[] {
  return Array.from({ length: count }, (_, i) => ({ port: 61_000 + i, protocol: "tcp" }));
}

const KINDS = {
  "a clock door": {},
  "a counter door": { mode: "hotp" },
  "a bound door": { bindSource: true },
} as const;

for (const [what, otp] of Object.entries(KINDS)) {
  const door = rotatingDoor("ssh", [alice], otp);
  const present = (world: World) => "mode" in otp ? 0 : world.step();

  for (const count of [3, 100]) {
    Deno.test(`${count} forged packets in a knock on ${what} leave nothing to whoever saw it`, () =>
      World.run([door], async (world) => {
        const ports = knocks(door, alice, present(world), ALICE);
        world.send(ALICE, [...ports.slice(0, 4), ...forged(count), ports[4]!], {
          gap: 0.1,
        });
        assert.match(world.refusals[0]!, /ports were hit meanwhile.*; it is spent$/);
        await world.system.advance(500);
        world.send(MALLORY, ports);
        assert.deepEqual(world.openings, []);
        await world.system.advance(500);
        world.send(ALICE, ports, { gap: 0.1 });
        assert.deepEqual(world.openings, []);
        await world.system.advance(500);
        world.knockWith(alice, present(world) + 1);
        assert.deepEqual(world.openings, [`alice ${ALICE}`]);
      }));
  }

  Deno.test(`101 forged packets in a knock on ${what} make it a scan, and spend nothing`, () =>
    World.run([door], async (world) => {
      const ports = knocks(door, alice, present(world), ALICE);
      world.send(ALICE, [...ports.slice(0, 4), ...forged(101), ports[4]!], { gap: 0.1 });
      assert.match(world.refusals[0]!, /101 other packets .*: a scan, nothing is spent$/);
      await world.system.advance(1000);
      assert.deepEqual(await sendThrice(world, ports), [`alice ${ALICE}`]);
    }));
}

/** Sends a knock of a counter that packets in its client's name void. */
function sendVoided(world: World, door: Door, counter: number): readonly Knock[] {
  const ports = knocks(door, alice, counter, ALICE);
  world.send(ALICE, [...ports.slice(0, 4), ...forged(3), ports[4]!], { gap: 0.1 });
  return ports;
}

Deno.test("the last step that still opens is spent, too, when forged packets void it", () => {
  const door = rotatingDoor("ssh", [alice]);
  return World.run([door], (world) => {
    const ports = sendVoided(world, door, world.step() - 1);
    assert.match(world.refusals[0]!, /it is spent$/);
    world.send(MALLORY, ports);
    assert.deepEqual(world.openings, []);
  });
});

Deno.test("more voided knocks than a counter door looks ahead keep nobody out", () => {
  const door = rotatingDoor("ssh", [alice], { mode: "hotp", lookAhead: 1 });
  return World.run([door], async (world) => {
    for (let counter = 0; counter < 4; counter++) {
      sendVoided(world, door, counter);
      await world.system.advance(1000);
    }
    world.send(ALICE, knocks(door, alice, 4, ALICE));
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  });
});

Deno.test("nothing is said to be spent of a sequence that always opens", () =>
  World.run([door("web", "7100,8100,9100")], (world) => {
    const [first, ...rest] = sequence("7100,8100,9100");
    for (const count of [3, 150]) {
      world.send(ALICE, [first!, ...forged(count), ...rest], { gap: 0.1 });
      assert.match(
        world.refusals.at(-1)!,
        /other ports were hit meanwhile.*tolerate.*\d$/,
      );
    }
  }));

Deno.test("forged packets in a knock by a line of a file strike the line out", () =>
  withLines("7100,8100,9100\n7200,8200,9200\n", async (list, path) => {
    await World.run([list], async (world) => {
      const [first, ...rest] = sequence("7100,8100,9100");
      world.send(ALICE, [first!, ...forged(3), ...rest]);
      assert.deepEqual(world.openings, []);
      world.send(MALLORY, [first!, ...rest]);
      assert.deepEqual(world.openings, []);
      assert.match(Deno.readTextFileSync(path), /^#100,8100,9100\n7200/);
      await world.system.advance(1000);
      world.send(ALICE, sequence("7200,8200,9200"));
      assert.equal(world.openings.length, 1);
    });
  }));

Deno.test("a step that opens no more is not spent when a rule refuses it", () => {
  const door = rotatingDoor("ssh", [alice]);
  return World.run([door], async (world) => {
    const sendVoid = (offset: number) => {
      const ports = knocks(door, alice, world.step() + offset, ALICE);
      world.send(ALICE, [...ports.slice(0, 4), ...forged(3), ports[4]!]);
    };
    sendVoid(-2);
    await world.system.advance(100);
    world.knock(alice, -1);
    assert.equal(world.openings.length, 1);
    // One that will open is.
    sendVoid(2);
    await world.system.advance(30_000);
    world.knock(alice, 1);
    assert.equal(world.openings.length, 1);
    await world.system.advance(30_000);
    world.knock(alice, 1);
    assert.equal(world.openings.length, 2);
  });
});

Deno.test("a knock that was too slow is spent, too", () => {
  const door = rotatingDoor("ssh", [alice]);
  return World.run([door], async (world) => {
    const ports = knocks(door, alice, world.step(), ALICE);
    world.send(ALICE, ports, { gap: 6500 });
    assert.match(world.refusals[0]!, /it took 26\.0 s.*; it is spent$/);
    await world.system.advance(26_000);
    world.send(MALLORY, ports);
    assert.deepEqual(world.openings, []);
  });
});

Deno.test("a repeat by whoever opened the door is no alarm, one by another is", () => {
  const door = rotatingDoor("ssh", [alice]);
  return World.run([door], async (world) => {
    const ports = knocks(door, alice, world.step(), ALICE);
    world.send(ALICE, ports);
    const lines = world.log.lines.length;
    for (const pause of [1000, 1500]) {
      await world.system.advance(pause);
      world.send(ALICE, ports);
    }
    assert.equal(world.log.lines.length, lines);
    world.send(MALLORY, ports);
    assert.match(world.refusals.join(), /used already/);
    assert.equal(world.refusals.length, 1);
  });
});
