/** Frames of an attacker: knocks that are all but right, and what mutations make of them. */
import { ethernet } from "../core/frames.ts";
import { SYN, tcp, udp } from "../core/packets.ts";
import { mutate } from "../fuzz/mutate.ts";
import { Random } from "../fuzz/random.ts";

/** The ports of the classic door that is attacked. */
export const SEQUENCE: readonly number[] = [7000, 8000, 9000, 10000, 54321];

/** The last port is never among them, so that none of this may open the door. */
const PORTS = [...SEQUENCE.slice(0, -1), 22, 443, 7001, 12345, 65535];
const MAX_BYTES = 1514;
const EXTENSIONS = [[], [{ type: 0 }], [{ type: 60 }, { type: 44 }], [{
  type: 51,
  length: 4,
}]];

/** So many frames to a server; half of them are mutated. The same seed gives the same. */
export function attackFrames(
  count: number,
  seed: number,
  to: { ipv4: string; ipv6: string },
): Uint8Array[] {
  const random = new Random(seed);
  const pool: Uint8Array[] = [];
  const dictionary = [[8, 0], [0x86, 0xdd], [0x81, 0, 0, 7], [0x45], [0x60], [6], [17]]
    .map((bytes) => Uint8Array.from(bytes));
  const material = { pool, dictionary, maxBytes: MAX_BYTES };
  return Array.from({ length: count }, (_, i) => {
    const whole = frame(random, i, to);
    if (pool.length < 500) pool.push(whole);
    if (i % 2 === 0) return whole;
    const mutant = mutate(random.pick(pool), random, material);
    // tcpreplay sends nothing that is shorter than an Ethernet header.
    return mutant.length < 15 ? whole : mutant;
  });
}

function frame(random: Random, serial: number, to: { ipv4: string; ipv6: string }) {
  const six = random.below(4) === 0;
  const number = random.below(4096);
  const src = six ? `fd78::${(number + 16).toString(16)}` : from4(number);
  const fields = {
    src,
    dst: six ? to.ipv6 : to.ipv4,
    sport: 1024 + serial % 60_000,
    dport: random.below(4) === 0 ? 1 + random.below(54_000) : random.pick(PORTS),
    seq: random.u32(),
    flags: random.below(8) === 0 ? random.below(256) : SYN,
    moreFragments: random.below(16) === 0,
    ...(six ? { extensions: random.pick(EXTENSIONS) } : {}),
    ...(random.below(8) === 0 ? { data: new Uint8Array(random.below(1200)) } : {}),
  };
  const packet = random.below(3) === 0 ? udp(fields) : tcp(fields);
  return ethernet(packet, random.below(8) === 0 ? [0x8100] : []);
}

function from4(number: number): string {
  return `10.78.${1 + (number >> 8)}.${number & 255}`;
}
