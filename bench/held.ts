/**
 * Ten of the kernel's doors with 10,000 leases: does one more still open at once, and how long
 * does it take to close them all, and to start anew beside them? And the same door in a flood
 * from 200,000 sources.
 *
 * The elements are there before the daemon is, which takes them over as after a restart. The
 * floor is `nft -f` with as many elements. Of a restart only what it takes more than one with
 * nothing open has a bar: the rest is the start of a program.
 */
import { requestControl } from "../lib/server/control/client.ts";
import { sleep } from "../tests/lab/net.ts";
import { addAddresses, type Arena, arena, PORTS } from "./lib/arena.ts";
import { type Contender, OURS } from "./lib/contender.ts";
import { enter } from "./lib/entering.ts";
import { floorProgram } from "./lib/floors.ts";
import { atLeast, type Effort, type Row, times, timesOf } from "./lib/row.ts";
import { median } from "./lib/statistics.ts";
import { flowing, record, send, stranger } from "./lib/traffic.ts";

const DOORS = 10;
const KNOCKS = 20;
const FLOOD_S = 5;
/** What counts as no answer. */
const TIMEOUT_MS = 1000;

/** One daemon's milliseconds. */
interface Held {
  /** To fill the sets by nft, and until the daemon heard. */
  readonly filling: number;
  readonly start: number;
  /** Of each knock. */
  readonly entries: readonly number[];
  readonly closing: number;
  /** Of each knock in a flood. */
  readonly flooded: readonly number[];
}

export async function measure({ repetitions }: Effort): Promise<Row[]> {
  await using place = await arena();
  const sources = await addAddresses(place, 2 * KNOCKS);
  await place.server.listen(22);
  const program = await floorProgram(place.directory, "enter", []);
  const flood = `${place.directory}/flood.pcap`;
  await record(flood, {
    to: place.server,
    port: () => PORTS[0]!,
    source: (i) => stranger(i, 200_000),
  });
  const held = { none: [] as Held[], many: [] as Held[] };
  for (let i = 0; i < repetitions; i++) {
    const tools = { program, sources, flood };
    held.none.push(await one(place, 0, tools));
    held.many.push(await one(place, 1000, tools));
  }
  return rowsOf(held);
}

function rowsOf({ none, many }: { none: Held[]; many: Held[] }): Row[] {
  const of = (all: readonly Held[], value: (one: Held) => number) => all.map(value);
  const first = median(of(none, ({ entries }) => median(entries)));
  const empty = median(of(none, ({ start }) => start));
  const floor = of(many, ({ filling }) => filling);
  const what = "10,000 leases of the kernel's doors";
  const opened = ({ flooded }: Held) => flooded.filter((ms) => ms < TIMEOUT_MS).length;
  return [
    {
      figure: `${what}: one more`,
      unit: "ms",
      ours: of(many, ({ entries }) => median(entries)),
      bar: timesOf(1.5, first, "the first"),
    },
    {
      figure: `${what}: close all`,
      unit: "ms",
      ours: of(many, ({ closing }) => closing),
      floor,
      bar: times(2, "floor"),
    },
    {
      figure: `${what}: restart, beyond one with none`,
      unit: "ms",
      ours: of(many, ({ start }) => start - empty),
      floor,
      bar: times(2, "floor"),
    },
    { figure: `${what}: restart`, unit: "ms", ours: of(many, ({ start }) => start) },
    {
      figure: "packet to port open in a flood from 200,000: knocks that open",
      unit: `of ${KNOCKS}`,
      ours: of(none, opened),
      bar: atLeast(KNOCKS),
    },
    {
      figure: "packet to port open in a flood from 200,000: slowest",
      unit: "ms",
      ours: of(none, ({ flooded }) => Math.max(...flooded)),
      bar: timesOf(10, first, "quiet median"),
    },
  ];
}

interface Tools {
  readonly program: string;
  readonly sources: readonly string[];
  readonly flood: string;
}

/** A daemon started anew beside so many elements a door. */
async function one(
  place: Arena,
  each: number,
  { program, sources, flood }: Tools,
): Promise<Held> {
  const { server, client, directory } = place;
  const argv = await OURS.prepare(directory, [], kernelDoors());
  const config = argv.at(-1)!;
  try {
    await server.run([...OURS.program, "firewall", "up", "--config", config]);
    const text = `${directory}/elements.nft`;
    await Deno.writeTextFile(text, elements(each));
    const [, filling] = await taken(() => server.run(["nft", "-f", text]));
    const [daemon, start] = await taken(() => place.run(KERNEL, []));
    await using _daemon = daemon;
    await sleep(OURS.settling);
    const ports = () => PORTS;
    const entries = await enter(place, program, sources.slice(0, KNOCKS), ports);
    const socket = `${directory}/${OURS.side}.sock`;
    const [, closing] = await taken(() =>
      requestControl(socket, { command: "close", all: true })
    );
    const flooding = each === 0 ? send(client, flood, "topspeed", FLOOD_S) : undefined;
    if (flooding !== undefined) await flowing(server);
    const flooded = each === 0
      ? await enter(place, program, sources.slice(KNOCKS), ports)
      : [];
    await flooding?.finish();
    return { filling, start, entries, closing, flooded };
  } finally {
    await server.run(["nft", "flush", "ruleset"]);
  }
}

const KERNEL: Contender = {
  ...OURS,
  prepare: (directory) => OURS.prepare(directory, [], kernelDoors()),
};

function kernelDoors(): string {
  return Array.from({ length: DOORS }, (_, n) => {
    const sequence = n === 0 ? PORTS : [6000 + n, 6100 + n, 6200 + n];
    return `[doors.d${n}]
sequence = "${sequence}"
open = ${n === 0 ? 22 : 4000 + n}
cmd_timeout = 3600
max_open = 20000
`;
  }).join("");
}

function elements(each: number): string {
  if (each === 0) return "";
  const list = Array.from(
    { length: each },
    (_, n) => `${stranger(n, each)} timeout 3600s`,
  ).join(", ");
  return Array.from(
    { length: DOORS },
    (_, n) => `add element inet knockd d${n}_4 { ${list} }\n`,
  ).join("");
}

async function taken<T>(act: () => Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  const result = await act();
  return [result, performance.now() - began];
}
