/**
 * Link-layer frames around the packets of packets.ts, and libpcap savefiles.
 *
 * @module
 */
import { LinkType } from "../../lib/core/packet/parse.ts";
import { join, u16 } from "./packets.ts";

/** An Ethernet frame; `tags` are the types of its VLAN tags, the outermost first. */
export function ethernet(packet: Uint8Array, tags: number[] = []): Uint8Array {
  const macs = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
  return join(macs, vlan(tags), u16(etherType(packet)), packet);
}

/** A Linux cooked packet, version 1; packet type 0 is one for this host, 4 an outgoing. */
export function sll(packet: Uint8Array, packetType = 0, tags: number[] = []): Uint8Array {
  const header = [...u16(packetType), ...u16(1), ...u16(6), 2, 0, 0, 0, 0, 1, 0, 0];
  return join(header, vlan(tags), u16(etherType(packet)), packet);
}

/** A Linux cooked packet, version 2. */
export function sll2(
  packet: Uint8Array,
  packetType = 0,
  tags: number[] = [],
): Uint8Array {
  const [first, second, ...rest] = join(vlan(tags), u16(etherType(packet)));
  const device = [0, 0, 0, 0, 0, 1, ...u16(1), packetType, 6];
  const address = [2, 0, 0, 0, 0, 1, 0, 0];
  return join([first!, second!], device, address, rest, packet);
}

/** IPv6 as macOS numbers it; in savefiles libpcap doesn't know Linux's number. */
const AF_INET6 = 30;

/** A packet behind a four-byte address family, for NULL (little endian here) and LOOP. */
export function loopback(
  packet: Uint8Array,
  order: "little" | "big",
  family = isIpv6(packet) ? AF_INET6 : 2,
): Uint8Array {
  return join(order === "big" ? [0, 0, 0, family] : [family, 0, 0, 0], packet);
}

/** A PPP frame, by default with address and control bytes and the whole protocol. */
export function ppp(
  packet: Uint8Array,
  { addressControl = true, compressed = false } = {},
): Uint8Array {
  const protocol = isIpv6(packet) ? 0x57 : 0x21;
  const lead = addressControl ? [0xff, 0x03] : [];
  return join(lead, compressed ? [protocol] : u16(protocol), packet);
}

/** The commonest frame of a link type around an IP packet. */
export function frame(linkType: number, packet: Uint8Array): Uint8Array {
  switch (linkType) {
    case LinkType.ETHERNET:
      return ethernet(packet);
    case LinkType.LINUX_SLL:
      return sll(packet);
    case LinkType.LINUX_SLL2:
      return sll2(packet);
    case LinkType.NULL:
      return loopback(packet, "little");
    case LinkType.LOOP:
      return loopback(packet, "big");
    case LinkType.PPP:
      return ppp(packet);
    default:
      return packet;
  }
}

/** A packet in a savefile: its bytes, or those and its time in seconds. */
export type Saved = Uint8Array | { time: number; bytes: Uint8Array };

/**
 * A libpcap savefile (pcap-savefile(5)), little endian, with microseconds. The i-th
 * packet's time is i seconds unless given.
 */
export function savefile(linkType: number, packets: Saved[]): Uint8Array<ArrayBuffer> {
  const saved = packets.map((packet, time) =>
    packet instanceof Uint8Array ? { time, bytes: packet } : packet
  );
  const size = saved.reduce((sum, { bytes }) => sum + 16 + bytes.length, 24);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 262144, true);
  view.setUint32(20, linkType, true);
  let at = 24;
  for (const { time, bytes } of saved) {
    view.setUint32(at, Math.floor(time), true);
    view.setUint32(at + 4, Math.round((time % 1) * 1e6), true);
    view.setUint32(at + 8, bytes.length, true);
    view.setUint32(at + 12, bytes.length, true);
    file.set(bytes, at + 16);
    at += 16 + bytes.length;
  }
  return file;
}

function vlan(tags: number[]): number[] {
  return tags.flatMap((tag) => [...u16(tag), ...u16(7)]);
}

function etherType(packet: Uint8Array): number {
  return isIpv6(packet) ? 0x86dd : 0x0800;
}

function isIpv6(packet: Uint8Array): boolean {
  return packet[0]! >> 4 === 6;
}
