/**
 * How long a knocker waits for the port: from the last packet of a knock to the SYN-ACK.
 *
 * The client (floor/enter.c) sends its SYN to port 22 every 100 us from a raw socket, so that
 * TCP's own retransmission, a second after a SYN that was dropped, does not count. Ours is a
 * door with `open = 22`; knockd 0.8 runs `iptables -I INPUT … -j ACCEPT` behind a policy that
 * drops. The floor is a C program with libpcap in immediate mode that waits for one port
 * after the other and adds an element by libnftables, in process.
 *
 * Every repetition is of a daemon that was started anew, and each knock from another
 * address. A rotating door writes the counter that it spends to the disk before it opens.
 */

import { type Host, sleep } from "../tests/lab/net.ts";
import { addAddresses, type Arena, arena, PORTS } from "./lib/arena.ts";
import { type Contender, RIVAL, thatHave } from "./lib/contender.ts";
import { enter as entering } from "./lib/entering.ts";
import { floorProgram } from "./lib/floors.ts";
import { fsyncs } from "./lib/fsync.ts";
import { ofTheKernel, OPENED, OPENS } from "./lib/kernel_door.ts";
import { portsOf, rotatingDoorThat } from "./lib/rotating_door.ts";
import {
  type Bar,
  type Effort,
  inTurns,
  type Row,
  rowOf,
  times,
  timesOf,
} from "./lib/row.ts";
import { median, percentile } from "./lib/statistics.ts";

const SEQUENCE = PORTS.join(",");

const FLOOR_RULES = `add table inet floor
add set inet floor open { type ipv4_addr; flags timeout; }
add chain inet floor guard { type filter hook prerouting priority -150; }
add rule inet floor guard ct state established accept
add rule inet floor guard tcp dport ${OPENED} ip saddr @open accept
add rule inet floor guard tcp dport ${OPENED} drop
`;

export async function measure({ quick, repetitions }: Effort): Promise<Row[]> {
  await using place = await arena();
  const sources = await addAddresses(place, quick ? 10 : 30);
  await place.server.listen(OPENED);
  const enter = await floorProgram(place.directory, "enter", []);
  const all = (contenders: readonly Contender[], rotating: boolean) =>
    inTurns(
      repetitions,
      contenders,
      (contender) => entries(place, contender, { enter, sources, rotating }),
    );
  // It came with the doors of the kernel.
  const opening = (await thatHave("init")).map(ofTheKernel);
  const plain = await all([...opening, RIVAL, FLOOR], false);
  const spent = await all(opening, true);
  const ours = median(plain.ours.map(median));
  const fsync = median(await fsyncs(place.directory, repetitions));
  const withFsync = timesOf(1, ours + fsync, "(without a disk + fsync)");
  const figure = "packet to port open";
  const slowest = timesOf(3, median(spent.ours.map(median)), "its median");
  return [
    rowOf(plain, `${figure}, median`, "ms", median, times(5, "floor")),
    rowOf(plain, `${figure}, beside knockd 0.8`, "ms", median, ofRival(30)),
    rowOf(spent, `${figure}, counter on disk first`, "ms", median, withFsync),
    rowOf(spent, `${figure}, counter on disk first, p99`, "ms", p99, slowest),
  ];
}

/** That many times faster. */
function ofRival(most: number): Bar {
  return { ...times(1 / most, "rival"), text: `≤ 1/${most} of knockd 0.8` };
}

function p99(taken: readonly number[]): number {
  return percentile(taken, 99);
}

/** What it takes to open a port, and nothing else. */
const FLOOR: Contender = {
  side: "floor",
  settling: 300,
  async prepare(directory) {
    const program = await floorProgram(directory, "open", ["pcap", "libnftables.so.1"]);
    return [program, "eth0", SEQUENCE, "inet floor open"];
  },
};

interface Entry {
  /** The client's program. */
  readonly enter: string;
  readonly sources: readonly string[];
  readonly rotating: boolean;
}

/** Milliseconds of an entry from each source, of a daemon started anew. */
async function entries(
  place: Arena,
  contender: Contender,
  { enter, sources, rotating }: Entry,
): Promise<number[]> {
  const { server } = place;
  await prepareFirewall(server, contender);
  const command = `iptables -I INPUT -s %IP% -p tcp --dport ${OPENED} -j ACCEPT`;
  const door = { name: "open", sequence: SEQUENCE, command };
  const more = rotating ? rotatingDoorThat(OPENS, 1) : undefined;
  try {
    await using _daemon = await place.run(contender, [door], more);
    await sleep(contender.settling);
    return await entering(place, enter, sources, rotating ? portsOf : () => PORTS);
  } finally {
    await server.run(["nft", "flush", "ruleset"]);
  }
}

async function prepareFirewall(server: Host, { side }: Contender): Promise<void> {
  if (side === "rival") await server.dropIncoming();
  if (side === "floor") await server.run(["nft", "-f", "-"], { stdin: FLOOR_RULES });
}
