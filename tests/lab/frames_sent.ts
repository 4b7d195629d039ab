/** Frames of our own making, sent between hosts by tcpreplay. */

import { ethernet, savefile } from "../core/frames.ts";
import { SYN, tcp, udp } from "../core/packets.ts";
import type { Host } from "./net.ts";

/** A hit as a frame; the switch between the hosts looks at the IP header's checksum. */
export function hitFrame(
  from: string,
  to: string,
  knock: string | number,
  serial: number,
  flags = SYN,
): Uint8Array {
  const [port, protocol] = `${knock}`.split(":");
  const sport = 1024 + serial % 60_000;
  const fields = { src: from, dst: to, sport, dport: Number(port), seq: serial, flags };
  const packet = protocol === "udp" ? udp(fields) : tcp(fields);
  return ethernet(from.includes(":") ? packet : withChecksum(packet));
}

/** A datagram as a frame, likewise. */
export function datagramFrame(
  from: string,
  to: string,
  port: number,
  data: Uint8Array,
): Uint8Array {
  const packet = udp({ src: from, dst: to, dport: port, data });
  return ethernet(from.includes(":") ? packet : withChecksum(packet));
}

/** An IPv4 packet as a frame, likewise. */
export function ipv4Frame(packet: Uint8Array): Uint8Array {
  return ethernet(withChecksum(packet));
}

/** Sends frames from a host, so many a second; at top speed if not told. */
export async function send(
  from: Host,
  frames: readonly Uint8Array[],
  { perSecond, device = from.interface, loops = 1 }: {
    perSecond?: number;
    device?: string;
    loops?: number;
  } = {},
): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".pcap" });
  try {
    await Deno.writeFile(path, savefile(1, [...frames]));
    const speed = perSecond === undefined ? ["--topspeed"] : ["--pps", `${perSecond}`];
    const options = ["-q", "-K", "-i", device, "--loop", `${loops}`, ...speed];
    await from.run(["tcpreplay", ...options, path], { timeout: 60_000 });
  } finally {
    await Deno.remove(path);
  }
}

function withChecksum(ipv4: Uint8Array): Uint8Array {
  const packet = ipv4.slice();
  let sum = 0;
  for (let i = 0; i < 20; i += 2) sum += packet[i]! << 8 | packet[i + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  packet.set([~sum >> 8 & 255, ~sum & 255], 10);
  return packet;
}
