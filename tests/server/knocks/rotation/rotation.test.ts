import assert from "node:assert/strict";
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

const ssh = rotatingDoor("ssh", [alice, bob]);
const BOB = "192.0.2.66";
const USED = "alice: this sequence, or a later one, was used already";

Deno.test("rotating door opens with the steps of its window and no others", () =>
  World.run([ssh], async (world) => {
    for (const offset of [-4, -2, 2, 4]) world.knock(client("carol", 9), offset);
    assert.deepEqual(world.log.lines, []);
    world.knock(alice, -2);
    assert.deepEqual(world.openings, []);
    world.knock(alice, -1);
    world.knock(alice, 0);
    world.knock(alice, 1);
    assert.deepEqual(world.openings, Array(3).fill(`alice ${ALICE}`));
    world.knock(alice, 2);
    assert.equal(world.openings.length, 3);
    await world.system.advance(90_000);
    world.knock(alice, 0);
    assert.equal(world.openings.length, 4);
  }));

Deno.test("a step is accepted from its first to its last millisecond", () =>
  World.run([rotatingDoor("ssh", [alice, bob], { window: 0 })], async (world) => {
    const { system } = world;
    const start = world.step() * 30_000;
    const next = world.step() + 1;
    await system.advance(start + 30_000 - system.now() - 5);
    // The last packet comes when the next step has begun.
    world.knockWith(alice, next - 1, ALICE, { at: start + 29_996 });
    assert.match(world.refusals[0]!, /alice's clock is about 15 s behind/);
    world.knockWith(bob, next - 1, BOB, { at: start + 29_995 });
    // The first packet comes before the step, whose own time is the last one's.
    world.knockWith(alice, next, MALLORY, { at: start + 29_996 });
    assert.deepEqual(world.openings, [`bob ${BOB}`, `alice ${MALLORY}`]);
  }));

Deno.test("a packet that waited for longer than a knock may take opens nothing", () =>
  World.run([ssh], async (world) => {
    const then = world.system.now();
    const step = world.step();
    await world.system.advance(25_001);
    world.knockWith(alice, step, ALICE, { at: then, gap: 0.1 });
    assert.deepEqual(world.openings, []);
    assert.match(world.refusals[0]!, /waited to be read for longer than the 25 s/);
  }));

Deno.test("a packet that waited to be read is judged by its own time", () => {
  const door = rotatingDoor("ssh", [alice], { window: 0 }, { seqTimeout: 60 });
  return World.run([door], async (world) => {
    const then = world.system.now();
    const step = world.step();
    await world.system.advance(31_000);
    world.knockWith(alice, step, ALICE, { at: then });
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  });
});

Deno.test("rotating door takes the ports in any order", () =>
  World.run([ssh], (world) => {
    const ports = knocks(ssh, alice, world.step(), ALICE).toReversed();
    world.send(ALICE, [...ports.slice(2), ...ports.slice(0, 2)]);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));

Deno.test("rotating door tolerates two foreign ports and not three", () =>
  World.run([ssh], (world) => {
    const foreign = (port: number) => ({ port, protocol: "tcp" }) as const;
    const [first, ...rest] = knocks(ssh, alice, world.step(), ALICE);
    world.send(ALICE, [first!, foreign(80), foreign(81), foreign(82), ...rest]);
    assert.deepEqual(world.openings, []);
    assert.match(world.refusals[0]!, /3 other ports were hit meanwhile/);
    const [second, ...others] = knocks(ssh, bob, world.step(), ALICE);
    world.send("10.0.0.9", [second!, foreign(80), foreign(81), ...others]);
    assert.deepEqual(world.openings, ["bob 10.0.0.9"]);
  }));

Deno.test("rotating door with mixed protocols asks for the right ones", () => {
  const mixed = rotatingDoor("ssh", [alice], { protocol: "mixed" });
  return World.run([mixed], (world) => {
    const ports = knocks(mixed, alice, world.step(), ALICE);
    assert.equal(new Set(ports.map(({ protocol }) => protocol)).size, 2);
    const swapped = ports.map(({ port, protocol }) =>
      ({ port, protocol: protocol === "tcp" ? "udp" : "tcp" }) as const
    );
    world.send(ALICE, swapped);
    assert.deepEqual(world.openings, []);
    world.send(MALLORY, ports);
    assert.deepEqual(world.openings, [`alice ${MALLORY}`]);
  });
});

Deno.test("a captured knock opens nothing again, from no address", () =>
  World.run([ssh], async (world) => {
    world.knock(alice);
    world.knock(alice, 0, MALLORY);
    await world.system.advance(31_000);
    world.knock(alice, -1, MALLORY);
    world.knock(alice, 0, ALICE);
    assert.deepEqual(world.openings, [`alice ${ALICE}`, `alice ${ALICE}`]);
    assert.deepEqual(world.refusals, [USED, USED]);
  }));

Deno.test("a sequence opens for whoever completes it, and for one source only", () =>
  World.run([ssh], (world) => {
    const ports = knocks(ssh, alice, world.step(), ALICE);
    // A man in the middle lets four packets through and sends the fifth himself.
    world.send(ALICE, ports.slice(0, 4));
    world.send(MALLORY, ports.slice(4));
    assert.deepEqual(world.openings, []);
    // All five from his own address open an unbound door to him, once.
    world.send(MALLORY, ports.slice(0, 4));
    assert.deepEqual(world.openings, [`alice ${MALLORY}`]);
    world.send(ALICE, ports.slice(4));
    assert.deepEqual(world.openings, [`alice ${MALLORY}`]);
    assert.deepEqual(world.refusals, [USED]);
  }));

Deno.test("what is spent stays spent across a restart and a reload", () =>
  World.run([ssh], async (world) => {
    world.knock(alice);
    world.stop();
    await world.start();
    world.knock(alice, 0, MALLORY);
    world.knock(alice, -1, MALLORY);
    world.reload([rotatingDoor("ssh", [alice, bob], {}, { cmdTimeout: 99 })]);
    world.knock(alice, 0, "10.0.0.9");
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
    assert.deepEqual(world.refusals, [USED, USED, USED]);
    world.knock(alice, 1);
    assert.equal(world.openings.length, 2);
  }));

Deno.test("a clock set back makes nothing good again", () =>
  World.run([ssh], async (world) => {
    const { system } = world;
    const noon = system.now();
    const captured = world.step();
    world.knock(alice);
    await system.advance(3_600_000);
    world.knock(alice);
    system.setWallClock(noon + 1000);
    world.knockWith(alice, captured, MALLORY);
    world.knockWith(alice, captured + 1, MALLORY);
    assert.deepEqual(world.openings, [`alice ${ALICE}`, `alice ${ALICE}`]);
    assert.equal(world.refusals.length, 2);
    assert.match(
      world.refusals[0]!,
      /spent last lies in the future, at 2026-11-22 09:00/,
    );
    // Whoever has spent nothing later is not affected.
    world.knock(bob);
    assert.equal(world.openings.at(-1), `bob ${ALICE}`);
  }));

Deno.test("whom a whole fleet takes for one of the future is not told to resync", () => {
  const fleet = { group: "g", alone: "shut" } as const;
  return World.run([{ ...ssh, fleet }], async (world) => {
    const noon = world.system.now();
    const captured = world.step();
    await world.system.advance(3_600_000);
    world.knock(alice);
    world.system.setWallClock(noon + 1000);
    world.knockWith(alice, captured);
    assert.match(
      world.refusals[0]!,
      /; if .* right, wait until then, or give alice a new /,
    );
  });
});

Deno.test("a clock set forth is followed with the first packet, and by a timer", () =>
  World.run([ssh], async (world) => {
    const { system } = world;
    const left = world.step();
    system.setWallClock(system.now() + 86_400_000 * 365);
    world.knockWith(alice, left);
    assert.deepEqual(world.openings, []);
    world.knock(alice);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
    await system.advance(3_600_000);
    world.knock(bob);
    assert.deepEqual(world.openings, [`alice ${ALICE}`, `bob ${ALICE}`]);
  }));

Deno.test("rotation wakes up once a period", () =>
  World.run([ssh], async (world) => {
    const { system } = world;
    let timers = 0;
    const schedule = system.schedule.bind(system);
    system.schedule = (delay, run) => {
      timers++;
      return schedule(delay, run);
    };
    await system.advance(3_600_000);
    assert.equal(timers, 120);
  }));

Deno.test("two clients who knock at the same moment from one address both get in", () =>
  World.run([ssh], (world) => {
    const [a, b] = [alice, bob].map((who) => knocks(ssh, who, world.step(), ALICE));
    const mixed = a!.flatMap((knock, i) => [knock, b![i]!]);
    const tolerant = rotatingDoor("ssh", [alice, bob], {}, { tolerance: 5 });
    world.reload([tolerant]);
    world.send(ALICE, mixed);
    assert.deepEqual(world.openings, [`alice ${ALICE}`, `bob ${ALICE}`]);
  }));

Deno.test("two clients who knock at the same moment from two addresses both get in", () =>
  World.run([ssh], (world) => {
    const [a, b] = [alice, bob].map((who) => knocks(ssh, who, world.step(), ALICE));
    a!.forEach((knock, i) => {
      world.send(ALICE, [knock]);
      world.send("10.0.0.9", [b![i]!]);
    });
    assert.deepEqual(world.openings, [`alice ${ALICE}`, "bob 10.0.0.9"]);
  }));

Deno.test("clients whose sequences collide both spend theirs", () => {
  const twin = { ...bob, secret: alice.secret };
  return World.run([rotatingDoor("ssh", [alice, twin])], (world) => {
    world.knock(alice);
    // One secret is one series: the first to be judged spends it for both.
    assert.equal(world.openings.length, 1);
    assert.equal(world.refusals.length, 1);
  });
});

Deno.test("sequences follow from the label, whatever the door is called", () =>
  World.run([rotatingDoor("ssh", [alice], {}, { label: "shell" })], (world) => {
    world.knock(alice, 0, ALICE, {}, ssh);
    assert.deepEqual(world.openings, []);
    world.knock(alice, 0);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));

Deno.test("doors with other periods, windows and modes go each their own way", () => {
  const web = rotatingDoor("web", [alice, bob], { period: 60, window: 0 });
  const range = { length: 4, lo: 2000, hi: 2999 };
  const mail = rotatingDoor("mail", [alice], { mode: "hotp", ...range });
  return World.run([ssh, web, mail], async (world) => {
    const opened = () =>
      world.log.records.filter(({ properties }) => properties["event"] === "open")
        .map(({ properties }) => properties["door"]);
    for (let minute = 0; minute < 3; minute++) {
      world.knock(alice, 1, ALICE, {}, ssh);
      world.knock(alice, 0, "10.0.0.8", {}, web);
      world.knock(alice, 1, "10.0.0.9", {}, web);
      world.knockWith(alice, minute, "10.0.0.7", {}, mail);
      await world.system.advance(120_000);
    }
    assert.deepEqual(opened(), Array(3).fill(["ssh", "web", "mail"]).flat());
  });
});

Deno.test("a reload in the middle of a knock loses nothing", () =>
  World.run([ssh], (world) => {
    const ports = knocks(ssh, alice, world.step(), ALICE);
    world.send(ALICE, ports.slice(0, 3));
    const changed = rotatingDoor("ssh", [alice], { window: 2 }, { cooldown: 1 });
    world.reload([changed, rotatingDoor("web", [bob])]);
    world.send(ALICE, ports.slice(3));
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));

Deno.test("a client that is revoked is out with the reload, another one stays", () =>
  World.run([ssh], (world) => {
    const carol = client("carol", 3);
    world.reload([rotatingDoor("ssh", [bob, carol])]);
    for (const who of [alice, bob, carol]) world.knock(who);
    assert.deepEqual(world.openings, [`bob ${ALICE}`, `carol ${ALICE}`]);
  }));

Deno.test("a client with a new secret opens with that one alone after the reload", () =>
  World.run([ssh], (world) => {
    const renewed = client("alice", 7);
    world.reload([rotatingDoor("ssh", [renewed])]);
    world.knock(alice);
    assert.deepEqual(world.openings, []);
    world.knock(renewed);
    assert.deepEqual(world.openings, [`alice ${ALICE}`]);
  }));

Deno.test("a door with another label or other settings derives anew at the reload", () =>
  World.run([ssh], async (world) => {
    for (
      const changed of [
        rotatingDoor("ssh", [alice], {}, { label: "other" }),
        rotatingDoor("ssh", [alice], { lo: 20000 }),
        rotatingDoor("ssh", [alice], { hi: 29999 }),
        rotatingDoor("ssh", [alice], { period: 10 }),
        rotatingDoor("ssh", [alice], { length: 6 }),
        rotatingDoor("ssh", [alice], { protocol: "mixed" }),
        rotatingDoor("ssh", [alice], { bindSource: true }),
      ]
    ) {
      world.reload([ssh]);
      await world.system.advance(30_000);
      world.reload([changed]);
      const before = world.openings.length;
      world.knock(alice, 0, ALICE, {}, ssh);
      assert.equal(world.openings.length, before);
      world.knock(alice);
      assert.equal(world.openings.length, before + 1);
    }
  }));

Deno.test("the log follows a knock on a rotating door port by port", () => {
  const door = rotatingDoor("ssh", [alice], {}, { start: { ipv4: ["true"] } });
  return World.run([door], async (world) => {
    world.knock(alice);
    const stages = [1, 2, 3, 4, 5].map((stage) => `${ALICE}: ssh: Stage ${stage}`);
    assert.deepEqual(world.log.lines.slice(0, 7), [
      ...stages,
      `${ALICE}: ssh: OPEN SESAME (alice)`,
      "ssh: running command: true",
    ]);
    world.send(ALICE, knocks(door, alice, world.step() + 1, ALICE).slice(1, 4));
    await world.system.advance(60_000);
    assert.deepEqual(world.lines("sequence timeout"), [
      `${ALICE}: ssh: sequence timeout (stage 3): 3 of 5 ports came`,
    ]);
  });
});
