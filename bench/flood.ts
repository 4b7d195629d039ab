/**
 * A SYN flood at the top speed of tcpreplay, aimed at the first port of a door.
 *
 * The flood runs over a veth pair from 1,000, 10,000 or 200,000 sources, 200,000 packets that
 * differ in source port and sequence number, again and again. Soon after its begin 20
 * knocks are tried in it. What the kernel delivered to each daemon's packet socket, and what
 * of that was lost because the ring was full, is read from the socket itself with
 * pidfd_getfd(2); CPU time is that of the whole process, divided by the packets not lost.
 * Memory is looked at when the flood ends, and once more a minute after the last one.
 *
 * The checksums of the flood are wrong, so that the kernel throws it away without answering;
 * both daemons see it before that.
 */

import { sleep } from "../tests/lab/net.ts";
import { type Arena, arena, PORTS } from "./lib/arena.ts";
import { type Contender, OURS, RIVAL } from "./lib/contender.ts";
import { atLeast, atMost, both, type Effort, partOfRival, type Row } from "./lib/row.ts";
import { percentile } from "./lib/statistics.ts";
import { record, send, stranger } from "./lib/traffic.ts";
import { cpuTime, residentMemory } from "./lib/usage.ts";

const KNOCKS = 20;
/** Who waits longer than this knocks again. */
const TIMEOUT_MS = 80;
/** Longer than all knocks take when each fails. */
const FLOOD_S = 3;
/** From the start of the flood to the first knock. */
const UNDER_WAY_MS = 500;
/** What is not needed any more is given back once a minute. */
const CALM_MS = 65_000;
/** What a daemon may hold while nothing happens, and so again after a flood. */
const CALM_MB = 48;

/** What one flood did to one daemon. */
interface Outcome {
  readonly lost: number;
  readonly processed: number;
  readonly opened: number;
  /** Milliseconds; that of a knock that failed is the timeout. */
  readonly slowest: number;
  /** Seconds of CPU for a million packets processed. */
  readonly cost: number;
  /** Megabytes: when the flood ends, and when its traces should have gone. */
  readonly memory: number;
  readonly calm: number | undefined;
}

export async function measure({ quick, repetitions }: Effort): Promise<Row[]> {
  const rows: Row[] = [];
  await using place = await arena();
  const path = `${place.directory}/flood.pcap`;
  for (const sources of quick ? [200_000] : [1000, 10_000, 200_000]) {
    const source = (i: number) => stranger(i, sources);
    await record(path, { to: place.server, port: () => PORTS[0]!, source });
    const ours: Outcome[] = [];
    const rival: Outcome[] = [];
    for (let i = 0; i < repetitions; i++) {
      const last = sources === 200_000 && i === repetitions - 1;
      ours.push(await flood(place, OURS, path, last && !quick));
      rival.push(await flood(place, RIVAL, path, false));
    }
    rows.push(...rowsOf(`flood from ${sources.toLocaleString("en")}`, ours, rival));
  }
  return rows;
}

function rowsOf(what: string, ours: Outcome[], rival: Outcome[]): Row[] {
  const row = (figure: string, unit: string, of: (outcome: Outcome) => number) => ({
    figure: `${what}: ${figure}`,
    unit,
    ours: ours.map(of),
    rival: rival.map(of),
  });
  const lost = ({ lost, processed }: Outcome) => 100 * lost / (lost + processed);
  const calm = ours.map(({ calm }) => calm).filter((memory) => memory !== undefined);
  const cheap = both(atMost(1, "s"), partOfRival(0.1, "≤ 0.1 × knockd 0.8"));
  return [
    { ...row("lost", "% of packets", lost), bar: atMost(0, "%") },
    {
      ...row("knocks that open", `of ${KNOCKS}`, ({ opened }) => opened),
      bar: atLeast(KNOCKS),
    },
    { ...row("slowest knock", "ms", ({ slowest }) => slowest), bar: atMost(20, "ms") },
    { ...row("CPU a million packets", "s", ({ cost }) => cost), bar: cheap },
    { ...row("memory at its end", "MB", ({ memory }) => memory), bar: atMost(80, "MB") },
    ...(calm.length === 0 ? [] : [{
      figure: `${what}: memory a minute later`,
      unit: "MB",
      ours: calm,
      bar: atMost(CALM_MB, "MB"),
    }]),
  ];
}

async function flood(
  place: Arena,
  contender: Contender,
  path: string,
  toCalm: boolean,
): Promise<Outcome> {
  await using daemon = await place.run(contender);
  await sleep(contender.settling);
  daemon.capture.read();
  const before = cpuTime(daemon.pid);
  const sender = send(place.client, path, "topspeed", FLOOD_S);
  await sleep(UNDER_WAY_MS);
  const taken = await knocks(place, KNOCKS);
  await sender.finish();
  const memory = residentMemory(daemon.pid);
  await sleep(200);
  const { delivered, lost } = daemon.capture.read();
  const cpu = cpuTime(daemon.pid) - before;
  const processed = delivered - lost;
  if (toCalm) await sleep(CALM_MS);
  return {
    lost,
    processed,
    opened: taken.filter((time) => time !== undefined).length,
    slowest: percentile(taken.map((time) => time ?? TIMEOUT_MS), 100),
    cost: cpu * 1000 / processed,
    memory,
    calm: toCalm ? residentMemory(daemon.pid) : undefined,
  };
}

async function knocks({ bell, knocker, server }: Arena, count: number) {
  const taken: (number | undefined)[] = [];
  for (let i = 0; i < count; i++) {
    bell.silence();
    const sent = knocker.knock(server.ipv4, PORTS);
    const ring = bell.wait(TIMEOUT_MS);
    taken.push(ring && ring.time - sent);
    await sleep(5 + Math.random() * 20);
  }
  return taken;
}
