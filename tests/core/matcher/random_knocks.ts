/** Doors, and packets that often knock on them. */
import fc from "fast-check";
import { parseAddress } from "../../../lib/core/address.ts";
import { door } from "../doors.ts";
import type { NaiveSequence, PlainHit } from "./naive_matcher.ts";
import { ACK, HOST, once, OTHER, SYN } from "./trial.ts";

const FIN = 0x01;
const port = fc.integer({ min: 1, max: 9 });
const protocol = fc.constantFrom("tcp" as const, "tcp" as const, "udp" as const);

export const anyDoor = fc.record({
  knocks: fc.array(fc.record({ port, protocol }), { minLength: 1, maxLength: 4 }),
  seqTimeout: fc.constantFrom(1, 5, 25, 300),
  tolerance: fc.constantFrom(-1, 0, 1, 2, 3),
  isOrdered: fc.boolean(),
  isOnce: fc.boolean(),
  flags: fc.constantFrom(
    { mask: SYN | ACK, value: SYN },
    { mask: SYN, value: SYN },
    { mask: FIN, value: FIN },
    { mask: 0, value: 0 },
  ),
  target: fc.boolean(),
});

type AnyDoor = typeof anyDoor extends fc.Arbitrary<infer T> ? T : never;

export function sequenceOf(spec: AnyDoor, i: number): NaiveSequence {
  const distinct = spec.knocks.filter((knock, n) =>
    spec.knocks.findIndex((other) =>
      other.port === knock.port && other.protocol === knock.protocol
    ) === n
  );
  const knocks = spec.isOrdered ? spec.knocks : distinct;
  const one = door(`d${i}`, "1", {
    key: { kind: "static", sequence: knocks },
    seqTimeout: spec.seqTimeout,
    tolerance: spec.tolerance,
    tcpFlags: spec.flags,
    ...(spec.target ? { target: parseAddress(OTHER)! } : {}),
  });
  const made = { door: one, knocks, ordered: spec.isOrdered };
  return spec.isOnce ? once(made) : made;
}

export const anyHit = fc.record({
  gap: fc.constantFrom<number>(0, 1, 50, 100, 101, 400, 3000, 20_000),
  late: fc.constantFrom(...Array(12).fill(0), 4000, 30_000),
  source: fc.constantFrom(...Array(5).fill("192.0.2.7"), "2001:db8::7"),
  destination: fc.constantFrom(HOST, HOST, HOST, HOST, OTHER),
  knock: fc.record({ port: fc.integer({ min: 1, max: 11 }), protocol }),
  flags: fc.constantFrom(...Array(9).fill(SYN), ACK, FIN),
  copy: fc.constantFrom(...Array(9).fill(0), 1, 2),
  /** Whether it has the source port, sequence number and so on of others. */
  alike: fc.constantFrom(false, false, true),
  identification: fc.constantFrom(0, 1, 2),
  checksum: fc.constantFrom(5, 6),
  /** Of which door it is the next knock, or the same knock as before. */
  follow: fc.option(fc.nat(3), { freq: 6 }),
  again: fc.constantFrom(false, false, true),
});

type AnyHit = typeof anyHit extends fc.Arbitrary<infer T> ? T : never;

/** Packets that often knock on these doors. */
export function* packetsFor(
  sequences: readonly NaiveSequence[],
  hits: readonly AnyHit[],
): Generator<{ packet: PlainHit; now: number }> {
  const sent: PlainHit[] = [];
  const progress = sequences.map(() => 0);
  let time = 1_700_000_000_000;
  for (const [i, hit] of hits.entries()) {
    time += hit.gap;
    const followed = (hit.follow ?? 0) % sequences.length;
    const { knocks } = sequences[followed]!;
    if (!hit.again) progress[followed]!++;
    const knock = hit.follow === null
      ? hit.knock
      : knocks[progress[followed]! % knocks.length]!;
    const isTcp = knock.protocol === "tcp";
    const copied = hit.copy > 0 ? sent.at(-hit.copy) : undefined;
    const packet = copied !== undefined ? { ...copied, time } : {
      time,
      source: hit.source,
      destination: hit.follow === null ? hit.destination : HOST,
      ...knock,
      flags: isTcp ? hit.flags : 0,
      sourcePort: hit.alike ? 1023 : 1024 + i,
      tcpSequence: isTcp ? (hit.alike ? 1 : i) : 0,
      length: isTcp ? 0 : 8,
      checksum: isTcp ? 0 : hit.checksum,
      identification: hit.identification,
    };
    sent.push(packet);
    yield { packet, now: time + hit.late };
  }
}
