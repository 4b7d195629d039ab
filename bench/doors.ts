/**
 * What many doors, and many clients of a rotating door, cost: a packet, and the start.
 *
 * For a second SYNs from 10,000 sources come, 150,000 a second, to the first port of one
 * door, while the config has 0, 99 or 9,999 others; then to all ports of a rotating door with
 * 1 or 10,000 clients, three sequences of each being live. CPU time a packet is compared
 * with that of one door; it includes what the engine's compiler takes in that second. Start to hearing is measured as in start.ts, with the same doors.
 * knockd 0.8 has no rotating doors, and cannot start with 10,000 others.
 */

import { sleep } from "../tests/lab/net.ts";
import { addAddresses, type Arena, arena, PORTS } from "./lib/arena.ts";
import {
  type ClassicDoor,
  type Contender,
  OURS_AND_BEFORE,
  RIVAL,
} from "./lib/contender.ts";
import { startToHearing } from "./lib/hearing.ts";
import { HIGH, LOW, rotatingDoor } from "./lib/rotating_door.ts";
import {
  type Effort,
  inTurns,
  joined,
  type Row,
  rowOf,
  type Sides,
  timesOf,
} from "./lib/row.ts";
import { median } from "./lib/statistics.ts";
import { record, send, stranger } from "./lib/traffic.ts";
import { exactCpuTime } from "./lib/usage.ts";

const SOURCES = 10_000;
const CLIENTS = 10_000;
const SPEED = 150_000;
const FLOOD_S = 1;
const LONGEST_START_MS = 2000;
/** With 10,000, knockd 0.8 ends with "pcap_compile: out of memory". */
const RIVALS_MOST = 100;

/** A config, and what is sent to it. */
interface Case {
  readonly name: string;
  /** The recording that is sent. */
  readonly path: string;
  /** Doors beside the one that every config has. */
  readonly others: readonly ClassicDoor[];
  /** A rotating door, in the config's words. */
  readonly rotating?: string;
}

interface Taken {
  /** Seconds of CPU for a million packets. */
  readonly packet: number;
  /** Milliseconds to hearing. */
  readonly start: number;
}

export async function measure({ quick, repetitions }: Effort): Promise<Row[]> {
  await using place = await arena();
  const sources = await addAddresses(place, LONGEST_START_MS);
  const cases = await makeCases(place, quick);
  const take = async (contender: Contender, one: Case): Promise<Taken> => {
    const { others, rotating } = one;
    const packet = await packetCost(place, contender, one);
    const start = await startToHearing(place, contender, sources, others, rotating);
    return { packet, start };
  };
  const rounds: Sides<Taken>[][] = [];
  // The cases take turns too: all are compared with the first, and machines have slow minutes.
  for (let i = 0; i < repetitions; i++) {
    const round: Sides<Taken>[] = [];
    for (const one of cases) {
      const everyone = rivalCan(one) ? [...OURS_AND_BEFORE, RIVAL] : OURS_AND_BEFORE;
      round.push(await inTurns(1, everyone, (contender) => take(contender, one)));
    }
    rounds.push(round);
  }
  const taken = cases.map((_, n) => joined(rounds.map((round) => round[n]!)));
  return cases.flatMap(({ name }, n) => rowsOf(name, taken[n]!, taken[0]!));
}

function rowsOf(name: string, taken: Sides<Taken>, oneDoor: Sides<Taken>): Row[] {
  const isFirst = taken === oneDoor;
  const bar = (most: number, of: (one: Taken) => number) =>
    isFirst ? undefined : timesOf(most, median(oneDoor.ours.map(of)), "one door");
  const packet = ({ packet }: Taken) => packet;
  const start = ({ start }: Taken) => start;
  return [
    rowOf(taken, `${name}: CPU a million packets`, "s", packet, bar(1.5, packet)),
    rowOf(taken, `${name}: start to hearing`, "ms", start, bar(10, start)),
  ];
}

function rivalCan({ others, rotating }: Case): boolean {
  return rotating === undefined && others.length < RIVALS_MOST;
}

async function makeCases(
  { server, directory, door }: Arena,
  quick: boolean,
): Promise<Case[]> {
  const first = `${directory}/first.pcap`;
  const range = `${directory}/range.pcap`;
  const flood = { to: server, source: (i: number) => stranger(i, SOURCES) };
  await record(first, { ...flood, port: () => PORTS[0]! });
  await record(range, { ...flood, port: (i) => LOW + (i * 7919) % (HIGH - LOW + 1) });
  const classic = (quick ? [1, 10_000] : [1, 100, 10_000]).map((count): Case => ({
    name: counted(count, "door"),
    path: first,
    others: otherDoors(count - 1),
  }));
  const rotating = (quick ? [CLIENTS] : [1, CLIENTS]).map((count): Case => ({
    name: `rotating door, ${counted(count, "client")}`,
    path: range,
    others: [],
    rotating: rotatingDoor(String(door.command), count),
  }));
  return [...classic, ...rotating];
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}

/** Each with ports of its own. */
function otherDoors(count: number): ClassicDoor[] {
  return Array.from({ length: count }, (_, i) => {
    const port = 10_000 + 3 * i;
    const sequence = `${port},${port + 1},${port + 2}`;
    return { name: `door${i}`, sequence, command: "true" };
  });
}

/** Seconds of CPU for a million packets. */
async function packetCost(
  place: Arena,
  contender: Contender,
  { path, others, rotating }: Case,
): Promise<number> {
  await using daemon = await place.run(contender, [place.door, ...others], rotating);
  await sleep(contender.settling);
  daemon.capture.read();
  const before = exactCpuTime(daemon.pid);
  await send(place.client, path, SPEED, FLOOD_S).finish();
  await sleep(200);
  const { delivered, lost } = daemon.capture.read();
  return (exactCpuTime(daemon.pid) - before) * 1000 / (delivered - lost);
}
