/**
 * What many doors, and many clients of a rotating door, cost: a packet, and the start.
 *
 * For a second SYNs from 10,000 sources come, 150,000 a second, to the first port of one
 * door, while the config has 0, 99 or 9,999 others; then to all ports of a rotating door with
 * 1 or 10,000 clients, three sequences of each being live. CPU time a packet is compared
 * with that of one door; it includes what the engine's compiler takes in that second, about
 * a third. Start to hearing is measured as in start.ts, with the same doors.
 * knockd 0.8 has no rotating doors, and cannot start with 10,000 others.
 */

import { sleep } from "../tests/e2e/net.ts";
import { addAddresses, type Arena, arena, PORTS } from "./lib/arena.ts";
import { type ClassicDoor, type Contender, OURS, RIVAL } from "./lib/contender.ts";
import { startToHearing } from "./lib/hearing.ts";
import { HIGH, LOW, rotatingDoor } from "./lib/rotating_door.ts";
import { atMost, type Effort, type Row } from "./lib/row.ts";
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
const STARTED = atMost(1000, "ms");

export async function measure({ quick, repetitions }: Effort): Promise<Row[]> {
  await using place = await arena();
  const sources = await addAddresses(place, LONGEST_START_MS);
  const first = `${place.directory}/first.pcap`;
  const range = `${place.directory}/range.pcap`;
  const flood = { to: place.server, source: (i: number) => stranger(i, SOURCES) };
  await record(first, { ...flood, port: () => PORTS[0]! });
  await record(range, { ...flood, port: (i) => LOW + (i * 7919) % (HIGH - LOW + 1) });

  const rows: Row[] = [];
  let limit = Infinity;
  const again = async (one: () => Promise<number>) => {
    const taken: number[] = [];
    for (let i = 0; i < repetitions; i++) taken.push(await one());
    return taken;
  };
  const add = async (
    what: string,
    path: string,
    doors: readonly ClassicDoor[],
    more?: string,
  ) => {
    const packet = (contender: Contender) =>
      again(() => packetCost(place, contender, path, [place.door, ...doors], more));
    const start = (contender: Contender) =>
      again(() => startToHearing(place, contender, sources, doors, more));
    const both = more === undefined && doors.length < RIVALS_MOST;
    const ours = await packet(OURS);
    rows.push({
      figure: `${what}: CPU a million packets`,
      unit: "s",
      ours,
      ...(both ? { rival: await packet(RIVAL) } : {}),
      ...(limit === Infinity ? {} : { bar: atMost(limit, "s (1.5 × one door)") }),
    });
    if (limit === Infinity) limit = 1.5 * median(ours);
    rows.push({
      figure: `${what}: start to hearing`,
      unit: "ms",
      ours: await start(OURS),
      ...(both ? { rival: await start(RIVAL) } : {}),
      bar: STARTED,
    });
  };
  const { command } = place.door;
  for (const count of quick ? [1, 10_000] : [1, 100, 10_000]) {
    const name = `${count.toLocaleString("en")} door${count === 1 ? "" : "s"}`;
    await add(name, first, otherDoors(count - 1));
  }
  for (const count of quick ? [CLIENTS] : [1, CLIENTS]) {
    const clients = `${count.toLocaleString("en")} client${count === 1 ? "" : "s"}`;
    const rotating = rotatingDoor(String(command), count);
    await add(`rotating door, ${clients}`, range, [], rotating);
  }
  return rows;
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
  path: string,
  doors: readonly ClassicDoor[],
  more?: string,
): Promise<number> {
  await using daemon = await place.run(contender, doors, more);
  await sleep(more === undefined ? 1000 : 4000);
  daemon.capture.read();
  const before = exactCpuTime(daemon.pid);
  await send(place.client, path, SPEED, FLOOD_S).finish();
  await sleep(200);
  const { delivered, lost } = daemon.capture.read();
  return (exactCpuTime(daemon.pid) - before) * 1000 / (delivered - lost);
}
