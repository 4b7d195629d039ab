/**
 * A SYN flood at the top speed of tcpreplay, aimed at the first port of a door.
 *
 * The flood runs over a veth pair from 1,000, 10,000 or 200,000 sources, 200,000 packets that
 * differ in source port and sequence number, again and again. 20 knocks are tried before it,
 * and 20 soon after its begin. What the kernel delivered to each daemon's packet socket, and what
 * of that was lost because the ring was full, is read from the socket itself with
 * pidfd_getfd(2); CPU time is that of the whole process, divided by the packets not lost.
 * Memory is looked at when the flood ends, and, after one more, when none of its packets
 * counts any more, beside that of a Deno program that does nothing. The floor of a packet's CPU time is a C program that counts the
 * packets of each source.
 *
 * The checksums of the flood are wrong, so that the kernel throws it away without answering;
 * both daemons see it before that.
 */

import { Process, sleep } from "../tests/lab/net.ts";
import { type Arena, arena, PORTS } from "./lib/arena.ts";
import { type Contender, OURS_AND_BEFORE, RIVAL } from "./lib/contender.ts";
import { COUNT_FLOOR, IDLE_FLOOR } from "./lib/floors.ts";
import {
  atLeast,
  atMost,
  type Effort,
  inTurns,
  type Row,
  rowOf,
  type Sides,
  times,
  timesOf,
} from "./lib/row.ts";
import { median, percentile } from "./lib/statistics.ts";
import { record, send, stranger } from "./lib/traffic.ts";
import { cpuTime, residentMemory } from "./lib/usage.ts";

const KNOCKS = 20;
/** Who waits longer than this knocks again. */
const TIMEOUT_MS = 80;
/** Longer than all knocks take when each fails. */
const FLOOD_S = 3;
/** From the start of the flood to the first knock. */
const UNDER_WAY_MS = 500;
/** Copies are known for 130 s, and what is not needed any more is given back once a minute. */
const CALM_MS = 195_000;

/** What one flood did to one daemon. */
interface Outcome {
  readonly lost: number;
  readonly processed: number;
  readonly opened: number;
  /** Milliseconds; that of a knock that failed is the timeout. */
  readonly slowest: number;
  /** Seconds of CPU for a million packets processed. */
  readonly cost: number;
  /** Milliseconds: the median of the knocks before the flood. */
  readonly quiet: number;
  /** Megabytes: when the flood ends, and when its traces should have gone. */
  readonly memory: number;
  readonly calm: number;
}

export async function measure({ quick, repetitions }: Effort): Promise<Row[]> {
  const rows: Row[] = [];
  await using place = await arena();
  const path = `${place.directory}/flood.pcap`;
  const least = await emptyMemory();
  for (const sources of quick ? [200_000] : [1000, 10_000, 200_000]) {
    const source = (i: number) => stranger(i, sources);
    await record(path, { to: place.server, port: () => PORTS[0]!, source });
    const what = `flood from ${sources.toLocaleString("en")}`;
    const everyone = [...OURS_AND_BEFORE, RIVAL, COUNT_FLOOR];
    const taken = await inTurns(repetitions, everyone, (one) => flood(place, one, path));
    rows.push(...rowsOf(what, taken, least));
    if (sources < 200_000 || quick) continue;
    const later = await inTurns(
      1,
      OURS_AND_BEFORE,
      (one) => flood(place, one, path, CALM_MS),
    );
    const forgotten = `${what}: memory when it is forgotten`;
    const calm = rowOf(later, forgotten, "MB", ({ calm }) => calm);
    rows.push({ ...calm, floor: [least], bar: times(1.6, "floor") });
  }
  return rows;
}

/** Megabytes of a Deno program that does nothing. */
async function emptyMemory(): Promise<number> {
  await using empty = new Process(IDLE_FLOOR);
  await sleep(1000);
  return residentMemory(empty.pid);
}

function rowsOf(what: string, taken: Sides<Outcome>, leastMemory: number): Row[] {
  const { floor: _, ...knocked } = taken;
  const lost = ({ lost, processed }: Outcome) => 100 * lost / (lost + processed);
  const quiet = median(taken.ours.map(({ quiet }) => quiet));
  const prompt = timesOf(10, quiet, "quiet median");
  const memory = rowOf(knocked, `${what}: memory at its end`, "MB", (one) => one.memory);
  return [
    rowOf(taken, `${what}: lost`, "% of packets", lost, atMost(0, "%")),
    rowOf(
      knocked,
      `${what}: knocks that open`,
      `of ${KNOCKS}`,
      (one) => one.opened,
      atLeast(KNOCKS),
    ),
    rowOf(knocked, `${what}: slowest knock`, "ms", (one) => one.slowest, prompt),
    rowOf(
      taken,
      `${what}: CPU a million packets`,
      "s",
      (one) => one.cost,
      times(3, "floor"),
    ),
    { ...memory, floor: [leastMemory], bar: times(2.2, "floor") },
  ];
}

async function flood(
  place: Arena,
  contender: Contender,
  path: string,
  calmMs = 0,
): Promise<Outcome> {
  await using daemon = await place.run(contender);
  await sleep(contender.settling);
  const quiet = contender.side === "floor" ? [] : await knocks(place, KNOCKS);
  daemon.capture.read();
  const before = cpuTime(daemon.pid);
  const sender = send(place.client, path, "topspeed", FLOOD_S);
  await sleep(UNDER_WAY_MS);
  const taken = contender.side === "floor" ? [] : await knocks(place, KNOCKS);
  await sender.finish();
  const memory = residentMemory(daemon.pid);
  await sleep(200);
  const { delivered, lost } = daemon.capture.read();
  const cpu = cpuTime(daemon.pid) - before;
  const processed = delivered - lost;
  await sleep(calmMs);
  return {
    lost,
    processed,
    opened: taken.filter((time) => time < TIMEOUT_MS).length,
    slowest: percentile(taken, 100),
    quiet: median(quiet),
    cost: cpu * 1000 / processed,
    memory,
    calm: residentMemory(daemon.pid),
  };
}

/** How long each took; the timeout for what did not open. */
async function knocks({ bell, knocker, server }: Arena, count: number) {
  const taken: number[] = [];
  for (let i = 0; i < count; i++) {
    bell.silence();
    const sent = knocker.knock(server.ipv4, PORTS);
    const ring = bell.wait(TIMEOUT_MS);
    taken.push(ring === undefined ? TIMEOUT_MS : ring.time - sent);
    await sleep(5 + Math.random() * 20);
  }
  return taken;
}
