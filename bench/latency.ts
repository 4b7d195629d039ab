/**
 * How long a knocker waits: from the last packet of a knock to the door's command running.
 *
 * One process knocks and is rung by the command, so that one clock takes both times: before
 * the connect() that sends the last SYN, and when poll() returns because the command,
 * `echo %IP% >FIFO`, has written. The start of the shell that does so is part of the figure,
 * for both daemons; for ours it may also be left out, by `command = ["/bin/cp", …]`.
 *
 * The floor is a C program with libpcap in immediate mode that waits for one port after the
 * other and starts the same command by posix_spawn.
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
import {
  type ClassicDoor,
  type Contender,
  OURS_AND_BEFORE,
  RIVAL,
} from "./lib/contender.ts";
import { KNOCK_FLOOR } from "./lib/floors.ts";
import { fsyncs } from "./lib/fsync.ts";
import { portsOf, rotatingDoor } from "./lib/rotating_door.ts";
import {
  type Bar,
  type Effort,
  inTurns,
  type Row,
  rowOf,
  type Sides,
  times,
  timesOf,
} from "./lib/row.ts";
import { median, percentile } from "./lib/statistics.ts";

const TIMEOUT_MS = 1000;

export async function measure({ quick, repetitions }: Effort): Promise<Row[]> {
  await using place = await arena();
  const sources = await addAddresses(place, quick ? 15 : 30);
  const { door, bell, directory } = place;
  const all = (contenders: readonly Contender[], tried = door, rotating?: string) =>
    inTurns(
      repetitions,
      contenders,
      (contender) => latencies(place, contender, sources, tried, rotating),
    );
  await Deno.writeTextFile(`${directory}/word`, "now\n");
  const shellLess = { ...door, command: ["/bin/cp", `${directory}/word`, bell.path] };
  const lease = { ...door, closesAfter: 600 };
  const plain = await all([...OURS_AND_BEFORE, RIVAL, KNOCK_FLOOR]);
  const direct = await all(OURS_AND_BEFORE, shellLess);
  const leased = await all([...OURS_AND_BEFORE, RIVAL], lease);
  const spent = await all(OURS_AND_BEFORE, door, rotatingDoor(bell.command, 1));
  const fsync = await fsyncs(directory, repetitions);

  const floor = plain.floor!;
  const ours = median(plain.ours.map(median));
  const withFsync = timesOf(1.5, ours + median(fsync), "(without a disk + fsync)");
  const rows = (name: string, sides: Sides<number[]>, typical?: Bar, slow?: Bar) => [
    rowOf(sides, `packet to command${name}, median`, "ms", median, typical),
    ...(slow ? [p99(`packet to command${name}, p99`, sides, slow)] : []),
  ];
  return [
    ...rows("", plain, times(2, "floor"), times(2, "floor")),
    ...rows(" without a shell", direct),
    ...rows(", lease on disk first", leased, withFsync, times(0.25, "rival")),
    ...rows(", counter on disk first", { ...spent, floor }, withFsync, times(4, "floor")),
    {
      figure: "one write and fsync of 4 KiB on that disk, median",
      unit: "ms",
      ours: fsync,
    },
  ];
}

/** Of the knocks of all repetitions. */
function p99(figure: string, sides: Sides<number[]>, bar: Bar): Row {
  const all = Object.entries(sides).map(([side, taken]) => [side, [taken.flat()]]);
  const flat: Sides<number[]> = Object.fromEntries(all);
  return rowOf(flat, figure, "ms", (taken) => percentile(taken, 99), bar);
}

/** Milliseconds of a knock from each source, of a daemon started anew. */
async function latencies(
  place: Arena,
  contender: Contender,
  sources: readonly string[],
  door: ClassicDoor,
  rotating?: string,
): Promise<number[]> {
  let counter = 0;
  const ports = () => rotating === undefined ? PORTS : portsOf(counter++);
  await using _daemon = await place.run(contender, [door], rotating);
  await sleep(contender.settling);
  const taken: number[] = [];
  for (const source of sources) taken.push(await latency(place, ports(), source));
  return taken;
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
