/** The capture filter: what the kernel lets through to us. */

import type { Door, Knock, Protocol } from "./door.ts";
import { packetPort } from "./packet_port.ts";
import { LinkType } from "./packet/link.ts";

/** What a filter is for. */
export interface FilterOptions {
  /** Link type of the capture, as in pcap-linktype(7). */
  readonly linkType: number;
  /** Leave IPv6 out. */
  readonly ipv4Only?: boolean;
}

/** Different conditions on TCP flags that a filter spells out. */
const MAX_FLAG_CLAUSES = 8;
/** Ignored ports that a filter spells out. */
const MAX_IGNORED_PORTS = 32;

/** How pcap-filter(7) reaches into the packets of one IP version. */
interface Family {
  /** Matches a packet that begins with the transport header of `protocol`. */
  readonly carries: (protocol: Protocol) => string;
  readonly port: (protocol: Protocol) => string;
  readonly flags: string;
}

const NUMBERS = { tcp: 6, udp: 17 } as const;

const IPV4: Family = {
  carries: (protocol) => `ip[9] = ${NUMBERS[protocol]}`,
  port: (protocol) => `${protocol}[2:2]`,
  flags: "tcp[13]",
};

/** pcap-filter(7) has no tcp[…] for IPv6; the transport header begins at byte 40. */
const IPV6: Family = {
  carries: (protocol) => `ip6[6] = ${NUMBERS[protocol]}`,
  port: () => "ip6[42:2]",
  flags: "ip6[53]",
};

/** Hop-by-hop options, routing, fragment, authentication, destination options. */
const EXTENSION_HEADERS = [0, 43, 44, 51, 60];
const VLAN_TAGS = ["0x8100", "0x88a8", "0x9100"];

/**
 * A pcap-filter(7) expression that lets every packet through that can be a hit: all UDP,
 * since foreign ports count, and the TCP packets with the flags of some door, without
 * the ports that are ignored and take no single packets. Its size does not grow with the number of doors.
 *
 * It lets more through where saying it exactly would be long, and parsing decides: IPv6
 * with extension headers, frames whose VLAN tag the kernel left in place (a tag it strips
 * is gone before the filter runs), PPP frames without a full header, more than
 * {@linkcode MAX_IGNORED_PORTS} ports or {@linkcode MAX_FLAG_CLAUSES} kinds of flags,
 * outgoing packets, lengths that lie.
 *
 * It is for live captures. In a savefile of link type NULL or LOOP, libpcap knows IPv6 by
 * the numbers of BSD and macOS alone.
 */
export function captureFilter(
  doors: readonly Door[],
  ignorePorts: readonly Knock[],
  options: FilterOptions,
): string {
  const taken = new Set(doors.flatMap((door) => packetPort(door) ?? []));
  const left = ignorePorts.filter(({ port, protocol }) =>
    protocol === "tcp" || !taken.has(port)
  );
  const ignored = left.length > MAX_IGNORED_PORTS ? [] : left;
  const clauses = [`(ip and ip[6:2] & 0x1fff = 0 and ${hits(IPV4, doors, ignored)})`];
  if (options.ipv4Only !== true) {
    const extensions = EXTENSION_HEADERS.map((header) => `ip6[6] = ${header}`);
    clauses.push(`(ip6 and ${anyOf([hits(IPV6, doors, ignored), ...extensions])})`);
  }
  return [...clauses, ...unusualFrames(options.linkType)].join(" or ");
}

function hits(family: Family, doors: readonly Door[], ignored: readonly Knock[]): string {
  const udp = allOf([family.carries("udp"), ...notTo(family, ignored, "udp")]);
  if (doors.length === 0) return udp;
  const flags = flagClauses(family, doors);
  const tcp = allOf([family.carries("tcp"), ...flags, ...notTo(family, ignored, "tcp")]);
  return anyOf([udp, tcp]);
}

function flagClauses(family: Family, doors: readonly Door[]): string[] {
  if (doors.some(({ tcpFlags }) => tcpFlags.mask === 0)) return [];
  const clauses = new Set(
    doors.map(({ tcpFlags: { mask, value } }) => `${family.flags} & ${mask} = ${value}`),
  );
  return clauses.size > MAX_FLAG_CLAUSES ? [] : [anyOf([...clauses])];
}

function notTo(family: Family, ignored: readonly Knock[], protocol: Protocol): string[] {
  const ports = ignored.filter((knock) => knock.protocol === protocol)
    .map(({ port }) => `${family.port(protocol)} = ${port}`);
  return ports.length === 0 ? [] : [`not ${anyOf(ports)}`];
}

function unusualFrames(linkType: number): string[] {
  switch (linkType) {
    case LinkType.ETHERNET:
    case LinkType.LINUX_SLL:
    case LinkType.LINUX_SLL2:
      return VLAN_TAGS.map((tag) => `ether proto ${tag}`);
    case LinkType.PPP:
      return ["link[0] != 0xff", "link[2] & 1 = 1"];
    default:
      return [];
  }
}

function anyOf(clauses: readonly string[]): string {
  return `(${clauses.join(" or ")})`;
}

function allOf(clauses: readonly string[]): string {
  return `(${clauses.join(" and ")})`;
}
