/**
 * What datagrams cost that are no packets of ours, at a port that takes single packets from
 * 10,000 clients: beside it what they cost at a port that is nobody's.
 *
 * Frames of 24 random bytes from 2,000 sources are parsed, looked up and handed to a real
 * matcher, in our own process; they lie one behind the other, as the capture has them. The two ports take turns in many short rounds, of which the
 * fastest counts: what the others took longer is the machine's.
 */
import { ethernet } from "../tests/core/frames.ts";
import { udp } from "../tests/core/packets.ts";
import { parseAddress } from "../lib/core/address.ts";
import type { Door } from "../lib/core/door.ts";
import { Hit } from "../lib/core/hit.ts";
import { Matcher } from "../lib/core/matcher/matcher.ts";
import { matcherSettings } from "../lib/core/matcher/settings.ts";
import { packetKey } from "../lib/core/one_time/packet.ts";
import { LinkType, parsePacket } from "../lib/core/packet/parse.ts";
import { Secret } from "../lib/core/secret.ts";
import { LivePacket } from "../lib/server/knocks/packets/live_packet.ts";
import { PacketTable } from "../lib/server/knocks/packets/packet_table.ts";
import { type Effort, type Row, timesOf } from "./lib/row.ts";
import { median } from "./lib/statistics.ts";

const CLIENTS = 10_000;
/** Counters of each that are live on a clock door. */
const STEPS = 5;
const PORT = 62_201;
const NOBODYS = 62_202;
const HOST = "10.0.0.2";
const FRAMES = 2000;
const ROUNDS = 300;
const DOOR = { name: "ssh", label: "ssh", seqTimeout: 25 } as Door;

/** Knows all packets of all clients. */
function fullTable(): PacketTable {
  const table = new PacketTable([]);
  table.setHostAddresses([parseAddress(HOST)!]);
  for (let i = 0; i < CLIENTS; i++) {
    const secret = new Secret(crypto.getRandomValues(new Uint8Array(32)));
    const client = { name: `client${i}`, secret };
    const key = packetKey(secret, DOOR.label);
    const issuer = { door: DOOR, client, port: PORT, bound: false, key };
    for (let step = 0; step < STEPS; step++) table.add(new LivePacket(issuer, step));
  }
  return table;
}

/** Frames in one buffer: the processor fetches ahead what it will need. */
interface Frames {
  readonly bytes: Uint8Array;
  readonly ends: readonly number[];
}

function frames(port: number): Frames {
  const all = Array.from({ length: FRAMES }, (_, i) => {
    const src = `198.18.${i >> 8 & 255}.${i & 255}`;
    const data = crypto.getRandomValues(new Uint8Array(24));
    return ethernet(udp({ src, dst: HOST, sport: 1024 + i, dport: port, data }));
  });
  let end = 0;
  const ends = all.map(({ length }) => end += length);
  return { bytes: Uint8Array.from(all.flatMap((each) => [...each])), ends };
}

/** Nanoseconds a packet. */
function cost({ bytes, ends }: Frames, table: PacketTable, matcher: Matcher): number {
  const hit = new Hit();
  let from = 0;
  const start = performance.now();
  for (const end of ends) {
    const parsed = parsePacket(LinkType.ETHERNET, bytes, from, end - from, hit);
    from = end;
    if (parsed && table.find(hit, bytes) === undefined) matcher.hit(hit);
  }
  return (performance.now() - start) * 1e6 / ends.length;
}

export function measure({ quick, repetitions }: Effort): Promise<Row[]> {
  const table = fullTable();
  const silent = { opened() {}, advanced() {}, refused() {} };
  const matcher = new Matcher(matcherSettings([], [], new Uint32Array(2)), silent);
  matcher.setHostAddresses([parseAddress(HOST)!]);
  const [taken, nobodys] = [frames(PORT), frames(NOBODYS)];
  const ours: number[] = [];
  const elsewhere: number[] = [];
  for (let i = 0; i < repetitions; i++) {
    const [here, there]: [number[], number[]] = [[], []];
    for (let round = 0; round < (quick ? 2 : ROUNDS); round++) {
      here.push(cost(taken, table, matcher));
      there.push(cost(nobodys, table, matcher));
    }
    ours.push(Math.min(...here));
    elsewhere.push(Math.min(...there));
  }
  const bar = timesOf(1.2, median(elsewhere), "a port that is nobody's");
  return Promise.resolve([
    {
      figure: "10,000 clients: a strange datagram at their packet port",
      unit: "ns",
      ours,
      bar,
    },
    {
      figure: "a strange datagram at a port that is nobody's",
      unit: "ns",
      ours: elsewhere,
    },
  ]);
}
