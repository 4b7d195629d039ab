import assert from "node:assert/strict";
import type { Client, Knock } from "../../../../lib/core/door.ts";
import { Secret } from "../../../../lib/core/secret.ts";
import { Random } from "../../../fuzz/random.ts";
import { memoryLog } from "../../log/memory_log.ts";
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
/** What the journal knows a client by is derived from the secret once. */
const SERIES = 1;

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
  World.run([ssh], async (world) => {
    const [first] = knocks(ssh, alice, world.step(), ALICE);
    for (let i = 0; i < 6; i++) world.send(ALICE, [first!]);
    await world.system.advance(0);
    assert.deepEqual(world.openings, []);
    assert.equal(world.lines("ssh: Stage 1").length, 1);
  }));

Deno.test("of a bound knock each hit is told of with what came of it", () => {
  const log = memoryLog("debug");
  return World.run([ssh], (world) => {
    const ports = knocks(ssh, alice, world.step(), ALICE);
    world.send(ALICE, ports);
    assert.deepEqual(
      world.lines("hit on").map((line) => line.split(": ").slice(2).join(": ")),
      [
        "ssh: port 1",
        "on no door's port, so that it counts as a foreign one",
        "ssh: port 3",
        "ssh: port 4",
        "ssh: complete",
      ],
    );
  }, { log });
});

Deno.test("bound door takes the later ports in any order", () =>
  World.run([ssh], (world) => {
    const [first, ...rest] = knocks(ssh, alice, world.step(), ALICE);
    world.send(ALICE, [first!, ...rest.toReversed()]);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));

Deno.test("bound door's ports may come before the first one, if that comes again before them", () =>
  World.run([ssh], async (world) => {
    const [first, ...rest] = knocks(ssh, alice, world.step(), ALICE);
    world.send(ALICE, [...rest, first!]);
    assert.deepEqual(world.openings, []);
    await world.system.advance(100);
    world.send(ALICE, [first!, ...rest]);
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
    await world.system.advance(1000);
    world.knock(alice, 3);
    assert.equal(world.openings.length, 1);
    assert.equal(world.refusals.length, 2);
    assert.match(world.refusals[0]!, /used already/);
    assert.match(world.refusals[1]!, /clock is about \d+ s ahead/);
  }));

Deno.test("bound door with a counter goes on from what is spent", () => {
  const door = rotatingDoor("ssh", [alice], { bindSource: true, mode: "hotp" });
  return World.run([door], async (world) => {
    for (const counter of [0, 1, 1, 5, 3]) {
      world.knockWith(alice, counter);
      await world.system.advance(1000);
    }
    assert.equal(world.openings.length, 3);
  });
});

Deno.test("a bound sequence that was begun ends with its step", () => {
  const door = rotatingDoor("ssh", [alice], { bindSource: true });
  return World.run([door], async (world) => {
    const ports = knocks(door, alice, world.step(), ALICE);
    world.send(ALICE, ports.slice(0, 4));
    await world.system.advance(600_000);
    world.send(ALICE, ports);
    assert.deepEqual([...world.openings, ...world.refusals], []);
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

Deno.test("first ports alone make bound doors derive nothing", () => {
  const { who, derivations } = counted(1);
  const door = rotatingDoor("ssh", [who], { bindSource: true });
  return World.run([door], (world) => {
    const [first] = knocks(door, alice, world.step(), ALICE);
    const before = derivations();
    for (let i = 0; i < 3000; i++) {
      world.send(`198.18.${i >> 8}.${i & 255}`, [first!, first!]);
    }
    // Many ports before the first one, and too few after it.
    world.send(MALLORY, [...others(10), first!, ...others(1)]);
    assert.equal(derivations(), before);
    world.knock(who);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  });
});

Deno.test("a bound knock has its time to hit three ports", () => {
  const { who, derivations } = counted(1);
  const door = rotatingDoor("ssh", [who], { bindSource: true }, { seqTimeout: 10 });
  return World.run([door], (world) => {
    const [first] = knocks(door, alice, world.step(), MALLORY);
    const before = derivations();
    world.send(MALLORY, [first!, ...others(2)], { gap: 5000 });
    assert.equal(derivations(), before);
    world.send(ALICE, [first!, ...others(2)], { gap: 4900 });
    assert.equal(derivations(), before + SERIES + 1);
  });
});

Deno.test("a flood of knocks costs a bounded number of derivations", () => {
  const { who, derivations } = counted(1);
  const door = rotatingDoor("ssh", [who], { bindSource: true });
  return World.run([door], async (world) => {
    const [first] = knocks(door, alice, world.step(), ALICE);
    const before = derivations();
    for (let i = 0; i < 1000; i++) {
      world.send(`198.${i >> 8}.${i & 255}.1`, [first!, ...others(2)]);
    }
    assert.equal(derivations() - before, SERIES + 600);
    assert.equal(world.lines("some are ignored").length, 1);
    await world.system.advance(1000);
    world.knock(who);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
    await world.system.advance(30_000);
    world.knock(who, 1);
    assert.deepEqual(world.lines("were ignored"), [
      "400 beginnings on bound doors were ignored",
    ]);
  });
});

Deno.test("a flood of first ports of a knock that was used up costs few derivations", () => {
  const { who, derivations } = counted(1);
  const door = rotatingDoor("ssh", [who], { bindSource: true });
  return World.run([door], (world) => {
    world.knock(who);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
    const [first] = knocks(door, alice, world.step(), ALICE);
    const before = derivations();
    for (let i = 0; i < 1000; i++) {
      world.send(`198.${i >> 8}.${i & 255}.1`, [first!, ...others(2)]);
    }
    assert.equal(derivations() - before, 20);
  });
});

for (
  const [what, networks] of [["/24", "198.18.0."], ["/64", "2001:db8:1:1::"]] as const
) {
  Deno.test(`one ${what} that begins many knocks leaves derivations for the others`, () => {
    const { who, derivations } = counted(1);
    const door = rotatingDoor("ssh", [who], { bindSource: true });
    return World.run([door], (world) => {
      const [first] = knocks(door, alice, world.step(), ALICE);
      const before = derivations();
      for (let i = 0; i < 250; i++) {
        world.send(`${networks}${i + 1}`, [first!, ...others(2)]);
      }
      assert.equal(derivations() - before, SERIES + 64);
      world.knock(who);
      assert.deepEqual(world.openings, [`alice ${ALICE}`]);
    });
  });
}

Deno.test("a scan of all ports keeps no neighbour of its address out of a bound door", () => {
  const more = Array.from({ length: 40 }, (_, i) => client(`c${i}`, i + 10));
  const door = rotatingDoor("ssh", [alice, ...more], { bindSource: true });
  return World.run([door], (world) => {
    const ports = Array.from({ length: 50_000 }, (_, i) => ({
      port: 10_000 + i,
      protocol: "tcp" as const,
    }));
    world.send("10.0.0.9", ports, { gap: 0.1 });
    assert.equal(world.lines("some are ignored").length, 1);
    world.knock(alice);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  });
});

for (const mode of ["totp", "hotp"] as const) {
  Deno.test(`whoever saw a knock on a bound ${mode} door keeps nobody out with its first port`, () => {
    const door = rotatingDoor("ssh", [alice], { bindSource: true, mode });
    return World.run([door], (world) => {
      const counter = mode === "totp" ? world.step() : 0;
      const [first] = knocks(door, alice, counter, ALICE);
      world.knockWith(alice, counter);
      for (let i = 0; i < 250; i++) {
        world.send(`10.0.0.${i + 2}`, [first!, ...others(2)]);
        world.send(`198.18.${i}.1`, [first!, ...others(2)]);
      }
      world.knockWith(alice, counter + 1);
      assert.deepEqual(world.openings, [`alice ${ALICE}`, `alice ${ALICE}`]);
    });
  });
}

Deno.test("a flood at one bound door leaves derivations for another", () => {
  const doors = ["ssh", "web"].map((name) =>
    rotatingDoor(name, [alice], { bindSource: true })
  );
  return World.run(doors, (world) => {
    const [ssh, web] = doors;
    const [first] = knocks(ssh!, alice, world.step(), ALICE);
    for (let i = 0; i < 1000; i++) {
      world.send(`198.${i >> 8}.${i & 255}.1`, [first!, ...others(2)]);
    }
    world.knock(alice, 0, ALICE, {}, web!);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  });
});

Deno.test("bound sequences that were forgotten are derived again", () =>
  World.run([ssh], async (world) => {
    const ports = knocks(ssh, alice, world.step(), ALICE);
    world.send(ALICE, [ports[0]!, ...others(2)]);
    for (let i = 0; i < 1100; i++) {
      if (i % 500 === 0) await world.system.advance(1000);
      world.send(`198.${i >> 8}.${i & 255}.1`, [ports[0]!, ...others(2)]);
    }
    await world.system.advance(1000);
    world.send(ALICE, ports);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));

/** Ports that no sequence has. */
function others(count: number): Knock[] {
  return Array.from({ length: count }, (_, i) => ({ port: 60_001 + i, protocol: "tcp" }));
}

/** A packet on its way: milliseconds from now, its source, its port. */
type Arriving = readonly [at: number, source: string, knock: Knock];

/** So many packets a second for three seconds. */
function flood(
  perSecond: number,
  packet: () => readonly [source: string, knock: Knock],
  random: Random,
): Arriving[] {
  return Array.from({ length: 3 * perSecond }, () => {
    const [source, knock] = packet();
    return [random.below(3_000_000) / 1000, source, knock];
  });
}

/** What knockd's client sends: the first port twice, then the others, and all that thrice. */
function sendings(ports: readonly Knock[], start: number): Arriving[] {
  return [0, 1000, 2500].flatMap((pause) =>
    [ports[0]!, ...ports].map((knock, i): Arriving => [
      start + pause + i * 0.15,
      ALICE,
      knock,
    ])
  );
}

/** Knocks amid a flood, a step each; gives how many opened. */
async function knocksAmid(
  count: number,
  floodOf: (first: Knock, random: Random) => Arriving[],
): Promise<number> {
  const random = new Random(7);
  let opened = 0;
  await World.run([ssh], async (world) => {
    for (let i = 0; i < count; i++) {
      const ports = knocks(ssh, alice, world.step(), ALICE);
      const arriving = [
        ...floodOf(ports[0]!, random),
        ...sendings(ports, random.below(400)),
      ].toSorted(([a], [b]) => a - b);
      const start = world.system.now();
      for (const [at, source, knock] of arriving) {
        world.send(source, [knock], { at: start + at });
      }
      await world.system.advance(30_000);
    }
    opened = world.openings.filter((line) => line === `alice ${ALICE}`).length;
  });
  return opened;
}

Deno.test("8 of 8 bound knocks open beside 300 forged SYNs a second in the client's name", async () => {
  const opened = await knocksAmid(8, (_, random) =>
    flood(
      300,
      () => [ALICE, { port: 1 + random.below(65_535), protocol: "tcp" }],
      random,
    ));
  assert.equal(opened, 8);
});

Deno.test("10 of 10 bound knocks open beside 1,000 forged first ports a second", async () => {
  const opened = await knocksAmid(10, (first, random) =>
    flood(1000, () => {
      const [a, b, c] = [random.below(256), random.below(256), random.below(256)];
      return [`198.${a}.${b}.${c}`, first];
    }, random));
  assert.equal(opened, 10);
});

Deno.test("a reload amid knocks of one source on two bound doors loses neither", () => {
  const doors = ["ssh", "web"].map((name) =>
    rotatingDoor(name, [alice], { bindSource: true })
  );
  return World.run(doors, (world) => {
    const [first = [], second = []] = doors.map((door) =>
      knocks(door, alice, world.step(), ALICE)
    );
    world.send(ALICE, [...first.slice(0, 1), ...second.slice(0, 1)]);
    world.reload(doors.map((door) => ({ ...door, cooldown: 1 })));
    world.send(ALICE, first.slice(1));
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  });
});
