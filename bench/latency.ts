/**
 * How long a knocker waits: from the last packet of a knock to the door's command running.
 *
 * One process knocks and is rung by the command, so that one clock takes both times: before
 * the connect() that sends the last SYN, and when poll() returns because the command,
 * `echo %IP% >FIFO`, has written. The start of the shell that does so is part of the figure,
 * for both daemons; for ours it may also be left out, by `command = ["/bin/cp", …]`.
 *
 * Every repetition is of a daemon that was started anew, so that each has a first knock, the
 * slowest one. Knocks come at random moments, since knockd 0.8 looks for packets at fixed
 * ones. Each is from another address: a door that is open already would not be opened again.
 * A door with a stop command promises on disk that it will close, before its start command
 * runs; what one such write and fsync take here is measured beside it. A rotating door, here
 * one whose counters count knocks, does the same with the counter that it spends.
 */

import { sleep } from "../tests/lab/net.ts";
import { addAddresses, type Arena, arena, PORTS } from "./lib/arena.ts";
import { type ClassicDoor, type Contender, OURS, RIVAL } from "./lib/contender.ts";
import { portsOf, rotatingDoor } from "./lib/rotating_door.ts";
import { atMost, type Bar, type Effort, partOfRival, type Row } from "./lib/row.ts";
import { median, percentile } from "./lib/statistics.ts";

const TIMEOUT_MS = 1000;
const TENTH = partOfRival(0.1, "≤ 0.1 × knockd 0.8");

interface Latencies {
  /** One for each repetition. */
  readonly median: number[];
  /** One of all. */
  readonly p99: number[];
}

export async function measure({ quick, repetitions }: Effort): Promise<Row[]> {
  await using place = await arena();
  const sources = await addAddresses(place, quick ? 15 : 30);
  const { door, bell, directory } = place;
  await Deno.writeTextFile(`${directory}/word`, "now\n");
  const plain = (contender: Contender) =>
    latencies(place, contender, sources, repetitions, door);
  const ours = await plain(OURS);
  const rival = await plain(RIVAL);
  const shellLess = { ...door, command: ["/bin/cp", `${directory}/word`, bell.path] };
  const direct = await latencies(
    place,
    OURS,
    sources,
    Math.min(2, repetitions),
    shellLess,
  );
  const lease = { ...door, closesAfter: 600 };
  const leased = await latencies(place, OURS, sources, repetitions, lease);
  const rivalLeased = await latencies(place, RIVAL, sources, repetitions, lease);
  const rotating = rotatingDoor(bell.command, 1);
  const otp = await latencies(place, OURS, sources, repetitions, door, rotating);
  const fsync = fsyncs(directory, repetitions);

  const bar = 1.5 * median(ours.median) + median(fsync);
  const prompt = atMost(10, "ms");
  const figures: [string, number[], number[] | undefined, Bar | undefined][] = [
    ["packet to command, median", ours.median, rival.median, TENTH],
    ["packet to command, p99", ours.p99, rival.p99, prompt],
    ["packet to command without a shell, median", direct.median, undefined, undefined],
    [
      "packet to command, lease on disk first, median",
      leased.median,
      rivalLeased.median,
      atMost(bar, "ms (1.5 × + fsync)"),
    ],
    ["packet to command, lease on disk first, p99", leased.p99, rivalLeased.p99, prompt],
    [
      "packet to command, counter on disk first, median",
      otp.median,
      undefined,
      atMost(bar, "ms (1.5 × + fsync)"),
    ],
    ["packet to command, counter on disk first, p99", otp.p99, undefined, prompt],
    ["one write and fsync of 4 KiB on that disk, median", fsync, undefined, undefined],
  ];
  return figures.map(([figure, ours, rival, bar]) => ({
    figure,
    unit: "ms",
    ours,
    ...(rival && { rival }),
    ...(bar && { bar }),
  }));
}

async function latencies(
  place: Arena,
  contender: Contender,
  sources: readonly string[],
  repetitions: number,
  door: ClassicDoor,
  rotating?: string,
): Promise<Latencies> {
  const medians: number[] = [];
  const all: number[] = [];
  let counter = 0;
  const ports = () => rotating === undefined ? PORTS : portsOf(counter++);
  for (let i = 0; i < repetitions; i++) {
    await using _daemon = await place.run(contender, [door], rotating);
    await sleep(contender.settling);
    const taken: number[] = [];
    for (const source of sources) taken.push(await latency(place, ports(), source));
    medians.push(median(taken));
    all.push(...taken);
  }
  return { median: medians, p99: [percentile(all, 99)] };
}

async function latency(
  { bell, knocker, server }: Arena,
  ports: readonly number[],
  source: string,
): Promise<number> {
  bell.silence();
  const sent = knocker.knock(server.ipv4, ports, source);
  const ring = bell.wait(TIMEOUT_MS);
  await sleep(5 + Math.random() * 50);
  return ring === undefined ? TIMEOUT_MS : ring.time - sent;
}

function fsyncs(directory: string, repetitions: number): number[] {
  using file = Deno.openSync(`${directory}/fsync`, { create: true, write: true });
  const page = new Uint8Array(4096);
  return Array.from({ length: repetitions }, () => {
    const taken = Array.from({ length: 50 }, () => {
      const before = performance.now();
      file.writeSync(page);
      file.syncSync();
      return performance.now() - before;
    });
    return median(taken);
  });
}
