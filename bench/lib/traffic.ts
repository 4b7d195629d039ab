/** Unwelcome traffic: SYNs to a port from many sources, sent by tcpreplay. */

import { ethernet, savefile } from "../../tests/core/frames.ts";
import { tcp } from "../../tests/core/packets.ts";
import { type Host, type Process, waitFor } from "../../tests/lab/net.ts";

/** Packets in a recording: so many are sent before the first of them comes again. */
const DIFFERENT = 200_000;

/** SYNs to one port of a host. */
export interface Syns {
  readonly to: Host;
  /** The i-th packet's. */
  readonly port: (i: number) => number;
  /** As many sources as packets there may be; the i-th packet's. */
  readonly source: (i: number) => string;
  readonly different?: number;
}

/** The i-th of so many sources, none of them of the hosts' own network. */
export function stranger(i: number, sources: number): string {
  const n = i % sources;
  return `11.${n >> 16 & 255}.${n >> 8 & 255}.${n & 255}`;
}

/** Writes a recording of SYNs that differ in source port and sequence number. */
export async function record(path: string, syns: Syns): Promise<void> {
  const { stdout } = await syns.to.run(["cat", "/sys/class/net/eth0/address"]);
  const mac = stdout.trim().split(":").map((byte) => parseInt(byte, 16));
  const frames = Array.from({ length: syns.different ?? DIFFERENT }, (_, i) => {
    const packet = tcp({
      src: syns.source(i),
      dst: syns.to.ipv4,
      sport: 1024 + i % 60_000,
      dport: syns.port(i),
      seq: i * 7919 + 1,
    });
    const frame = ethernet(packet);
    frame.set(mac);
    return { time: 0, bytes: frame };
  });
  await Deno.writeFile(path, savefile(1, frames));
}

/** Sends a recording again and again for so many whole seconds; "topspeed" or packets a second. */
export function send(
  from: Host,
  path: string,
  speed: "topspeed" | number,
  seconds: number,
): Process {
  const pace = speed === "topspeed" ? ["--topspeed"] : [`--pps=${speed}`];
  const bounds = ["--loop=0", `--duration=${seconds}`];
  const argv = ["tcpreplay", "--preload-pcap", "--intf1=eth0", ...pace, ...bounds, path];
  return from.spawn(argv);
}

/** Packets after which a flood is under way: a program that sends one reads it all before. */
const UNDER_WAY = 50_000;

/** Waits until a flood is under way at a host. */
export async function flowing(to: Host): Promise<void> {
  const before = await received(to);
  await waitFor(async () => await received(to) - before > UNDER_WAY, 20_000);
}

async function received(host: Host): Promise<number> {
  const { stdout } = await host.run(["cat", "/sys/class/net/eth0/statistics/rx_packets"]);
  return Number(stdout);
}
