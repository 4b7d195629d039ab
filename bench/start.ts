/**
 * How soon a daemon hears after it was started, and how soon the command line answers.
 *
 * How hearing is noticed is told in lib/hearing.ts. `knockd --help` is timed from start to
 * end; `knock` from start until its first packet, a datagram, reaches a socket on the server.
 */

import { type Host, KNOCKD } from "../tests/lab/net.ts";
import { addAddresses, type Arena, arena } from "./lib/arena.ts";
import { readable } from "./lib/bell.ts";
import { OURS, RIVAL } from "./lib/contender.ts";
import { startToHearing } from "./lib/hearing.ts";
import { libc } from "./lib/libc.ts";
import { DATAGRAM, Namespace } from "./lib/namespace.ts";
import { atMost, type Effort, type Row } from "./lib/row.ts";

const LONGEST_MS = 1000;
const PORT = 7000;

export async function measure({ quick, repetitions }: Effort): Promise<Row[]> {
  await using place = await arena();
  const sources = await addAddresses(place, LONGEST_MS);
  const times = quick ? repetitions : 2 * repetitions;
  const again = async (one: () => Promise<number>) => {
    const taken: number[] = [];
    for (let i = 0; i < times; i++) taken.push(await one());
    return taken;
  };
  const { client, server } = place;
  const ours = [...KNOCKD, "knock", server.ipv4, `${PORT}:udp`];
  const rival = ["/usr/bin/knock", server.ipv4, `${PORT}:udp`];
  return [
    {
      figure: "start to hearing",
      unit: "ms",
      ours: await again(() => startToHearing(place, OURS, sources)),
      rival: await again(() => startToHearing(place, RIVAL, sources)),
      bar: atMost(150, "ms"),
    },
    {
      figure: "knockd --help",
      unit: "ms",
      ours: await again(() => runTime(client, [...KNOCKD, "--help"])),
      rival: await again(() => runTime(client, ["/usr/sbin/knockd", "--help"])),
      bar: atMost(80, "ms"),
    },
    {
      figure: "knock to the first packet",
      unit: "ms",
      ours: await again(() => startToPacket(place, ours)),
      rival: await again(() => startToPacket(place, rival)),
      bar: atMost(80, "ms"),
    },
  ];
}

async function runTime(host: Host, argv: readonly string[]): Promise<number> {
  const begin = performance.now();
  await host.run(argv, { check: false });
  return performance.now() - begin;
}

async function startToPacket({ server, client }: Arena, argv: readonly string[]) {
  using namespace = new Namespace(server);
  const [socket = -1] = namespace.sockets(1, DATAGRAM, server.ipv4, PORT);
  try {
    const begin = performance.now();
    await using _client = client.spawn(argv);
    return (readable(socket, LONGEST_MS) ?? Infinity) - begin;
  } finally {
    libc().close(socket);
  }
}
