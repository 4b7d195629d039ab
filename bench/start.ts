/**
 * How soon a daemon hears after it was started, and how soon the command line answers.
 *
 * How hearing is noticed is told in lib/hearing.ts. `knockd --help` is timed from start to
 * end; `knock` from start until its first packet, a datagram, reaches a socket on the server.
 * The floor of all three is an empty Deno program, from start to end, which takes its turns
 * with them.
 */

import type { Host } from "../tests/lab/net.ts";
import { addAddresses, type Arena, arena } from "./lib/arena.ts";
import { readable } from "./lib/bell.ts";
import { OURS_AND_BEFORE, RIVAL } from "./lib/contender.ts";
import { EMPTY } from "./lib/floors.ts";
import { startToHearing } from "./lib/hearing.ts";
import { libc } from "./lib/libc.ts";
import { DATAGRAM, Namespace } from "./lib/namespace.ts";
import { type Effort, inTurns, type Row, rowOf, times } from "./lib/row.ts";

const LONGEST_MS = 1000;
const PORT = 7000;

export async function measure({ quick, repetitions }: Effort): Promise<Row[]> {
  await using place = await arena();
  const { client, server } = place;
  const sources = await addAddresses(place, LONGEST_MS);
  const count = quick ? repetitions : 2 * repetitions;
  const knock = ["knock", server.ipv4, `${PORT}:udp`];
  const programs = OURS_AND_BEFORE.map(({ side, program }) => ({ side, program }));
  const rival = (program: string) => ({ side: "rival" as const, program: [program] });
  const floor = { side: "floor" } as const;
  const empty = () => runTime(client, EMPTY);
  const hearing = await inTurns(
    count,
    [...OURS_AND_BEFORE, RIVAL, floor],
    (who) => "prepare" in who ? startToHearing(place, who, sources) : empty(),
  );
  const help = await inTurns(
    count,
    [...programs, rival("/usr/sbin/knockd"), floor],
    (who) => "program" in who ? runTime(client, [...who.program, "--help"]) : empty(),
  );
  const packet = await inTurns(
    count,
    [...programs, rival("/usr/bin/knock"), floor],
    (who) => {
      if (!("program" in who)) return empty();
      const { side, program } = who;
      return startToPacket(place, [...program, ...knock.slice(side === "rival" ? 1 : 0)]);
    },
  );
  return [
    rowOf(hearing, "start to hearing", "ms", Number, times(5, "floor")),
    rowOf(help, "knockd --help", "ms", Number, times(4, "floor")),
    rowOf(packet, "knock to the first packet", "ms", Number, times(3, "floor")),
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
