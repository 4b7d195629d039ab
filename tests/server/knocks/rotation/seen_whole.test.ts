/** Of a knock that was seen whole nothing is left, whatever came amid it and became of it. */
import assert from "node:assert/strict";
import { parseAddress } from "../../../../lib/core/address.ts";
import type { Door, Knock } from "../../../../lib/core/door.ts";
import { packetKey, packetPayload } from "../../../../lib/core/one_time/packet.ts";
import { LinkType } from "../../../../lib/core/packet/parse.ts";
import { frame } from "../../../core/frames.ts";
import { udp } from "../../../core/packets.ts";
import { Random } from "../../../fuzz/random.ts";
import {
  ALICE,
  alice,
  bob,
  HOST,
  knocks,
  MALLORY,
  rotatingDoor,
  World,
} from "./rotation_world.ts";

const PORT = 62_201;
/** Milliseconds by which a packet was sent before it was read: no door takes that. */
const LATE = 26_000;
const SLOW = 6500;
/** Steps ahead of the present one that a server knows. */
const KNOWN_AHEAD = 4;

const DOORS = {
  "a clock door": {},
  "a counter door": { mode: "hotp" },
  "a bound clock door": { bindSource: true },
  "a bound counter door": { mode: "hotp", bindSource: true },
} as const;

/** A client and who sees all that it sends, at a door that is reloaded and restarted. */
class Seen {
  readonly #sent: number[] = [];
  #next = 0;

  constructor(
    readonly world: World,
    readonly random: Random,
    readonly door: Door,
    readonly otp: typeof DOORS[keyof typeof DOORS],
  ) {}

  async step(): Promise<void> {
    const { random, world } = this;
    const steps = [
      ...Array(3).fill(() => this.#knocks()),
      ...Array(3).fill(() => this.#isReplayed()),
      () => world.system.advance(random.pick([10, 500, 3000, LATE, 31_000])),
      () => this.#begins(),
    ];
    await random.pick(steps)();
  }

  async #knocks(): Promise<void> {
    const counter = this.#take();
    if (counter === undefined) return;
    const late = this.random.pick([0, 0, LATE]);
    this.#sent.push(counter);
    if (this.random.below(2) === 0) return this.#sendPacket(counter, ALICE, late);
    const ports = this.#sequence(counter);
    const isSlow = ports.length < 10 && this.random.below(4) === 0;
    if (!isSlow) {
      const at = this.world.system.now() - late;
      return this.world.send(ALICE, ports, { gap: 0.1, at });
    }
    for (const port of ports) {
      this.world.send(ALICE, [port], { at: this.world.system.now() });
      await this.world.system.advance(SLOW);
    }
  }

  /** The next counter, unless it is of a step that no server could know yet. */
  #take(): number | undefined {
    const isCounted = "mode" in this.otp;
    const present = isCounted ? 0 : this.world.step();
    const next = Math.max(
      this.#next,
      present + (isCounted ? 0 : this.random.below(3) - 1),
    );
    if (!isCounted && next > present + KNOWN_AHEAD) return undefined;
    this.#next = next + 1;
    return next;
  }

  /** The ports in any order, with forged packets somewhere in between. */
  #sequence(counter: number): readonly Knock[] {
    const { random } = this;
    const ports = knocks(this.door, alice, counter, ALICE);
    const order = ports.map((port) => ({ port, at: random.u32() }))
      .sort((a, b) => a.at - b.at).map(({ port }) => port);
    // A host keeps nothing of a bound knock before it has seen the first port.
    const all = "bindSource" in this.otp ? [ports[0]!, ...order] : order;
    const forged = Array.from({ length: random.pick([0, 0, 2, 3, 15]) }, (): Knock => ({
      port: 60_000 + random.below(2000),
      protocol: "tcp",
    }));
    const at = 1 + random.below(all.length - 1);
    return [...all.slice(0, at), ...forged, ...all.slice(at)];
  }

  async #isReplayed(): Promise<void> {
    const { world, random } = this;
    const counter = this.#sent.at(-1 - random.below(3));
    if (counter === undefined) return;
    await world.system.advance(random.below(2000));
    const ports = knocks(this.door, alice, counter, ALICE);
    world.send(MALLORY, ports, { gap: 0.1, at: world.system.now() });
    this.#sendPacket(counter, MALLORY);
  }

  #sendPacket(counter: number, from: string, late = 0): void {
    const bound = "bindSource" in this.otp ? parseAddress(ALICE) : undefined;
    const data = packetPayload(packetKey(alice.secret, this.door.label), counter, bound);
    const sport = 1024 + this.random.below(60_000);
    const packet = udp({ src: from, dst: HOST, sport, dport: PORT, data });
    const at = this.world.system.now() - late;
    this.world.deliver(frame(LinkType.ETHERNET, packet), at);
  }

  async #begins(): Promise<void> {
    if (this.random.below(2) === 0) {
      const clients = this.random.pick([[alice], [alice, bob]]);
      return this.world.reload([rotatingDoor("ssh", clients, settings(this.otp))]);
    }
    this.world.stop();
    await this.world.start();
  }
}

function settings(otp: typeof DOORS[keyof typeof DOORS]) {
  return { packet: PORT, ...otp };
}

for (const [what, otp] of Object.entries(DOORS)) {
  Deno.test(`whoever sees all that a client sends to ${what} never opens it, and no knock opens it twice`, async () => {
    let openings = 0;
    for (let seed = 1; seed <= 15; seed++) {
      const door = rotatingDoor("ssh", [alice], settings(otp));
      await World.run([door], async (world) => {
        const seen = new Seen(world, new Random(seed), door, otp);
        for (let i = 0; i < 30; i++) await seen.step();
        const told = () => `seed ${seed}:\n${world.log.lines.join("\n")}`;
        assert.ok(
          world.openings.every((opening) => opening === `alice ${ALICE}`),
          told(),
        );
        const used = world.lines("alice knocked with counter");
        assert.equal(new Set(used).size, used.length, told());
        openings += world.openings.length;
      });
    }
    assert.ok(openings > 15, `${openings} openings`);
  });
}
