/**
 * Packets for tests: builders for IP, TCP and UDP, and savefiles to put them in. Checksums
 * are left at zero.
 *
 * @module
 */
import { parseAddress } from "../../lib/core/address.ts";

/** TCP flags, as in the flags byte. */
export const FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16, URG = 32;

/** An extension header of IPv6 and what it holds after its first two bytes. */
export interface Extension {
  type: number;
  /** Counted as its header counts: 8 bytes with 0; 4 bytes a unit and 2 more for AH. */
  length?: number;
  /** Bytes from the third on. */
  data?: readonly number[];
}

/** What an IP packet has; each has a default, and lengths are true unless given. */
export interface Ip {
  src?: string;
  dst?: string;
  /** IPv4 options, a multiple of 4 bytes. */
  options?: readonly number[];
  /** IPv4 fragment offset, in units of 8 bytes. */
  fragmentOffset?: number;
  moreFragments?: boolean;
  /** IPv4 version and header length. */
  versionIhl?: number;
  /** IPv4 total length or IPv6 payload length. */
  ipLength?: number;
  /** IPv6 extension headers in their order. */
  extensions?: readonly Extension[];
}

/** A TCP segment in an IP packet. */
export interface Tcp extends Ip {
  sport?: number;
  dport?: number;
  flags?: number;
  seq?: number;
  /** In units of 4 bytes. */
  dataOffset?: number;
  /** A multiple of 4 bytes. */
  tcpOptions?: readonly number[];
  data?: Uint8Array;
}

/** A UDP datagram in an IP packet. */
export interface Udp extends Ip {
  sport?: number;
  dport?: number;
  udpLength?: number;
  data?: Uint8Array;
}

/** An IP packet with a TCP segment: a SYN to port 7000 unless told otherwise. */
export function tcp(fields: Tcp = {}): Uint8Array {
  const { sport = 40000, dport = 7000, flags = SYN, seq = 1, tcpOptions = [] } = fields;
  const offset = fields.dataOffset ?? 5 + tcpOptions.length / 4;
  const header = [...u16(sport), ...u16(dport), ...u32(seq), ...u32(0)];
  header.push(offset << 4, flags, ...u16(64240), ...u32(0), ...tcpOptions);
  return ip(6, join(header, fields.data ?? []), fields);
}

/** An IP packet with a UDP datagram: an empty one to port 7000 unless told otherwise. */
export function udp(fields: Udp = {}): Uint8Array {
  const { sport = 40000, dport = 7000, data = new Uint8Array(0) } = fields;
  const length = fields.udpLength ?? 8 + data.length;
  return ip(17, join(u16(sport), u16(dport), u16(length), u16(0), data), fields);
}

/** An IP packet with any payload; IPv6 if the source or the destination is. */
export function ip(protocol: number, payload: Uint8Array, fields: Ip = {}): Uint8Array {
  const six = `${fields.src}${fields.dst}`.includes(":");
  return six ? ipv6(protocol, payload, fields) : ipv4(protocol, payload, fields);
}

function ipv4(protocol: number, payload: Uint8Array, fields: Ip): Uint8Array {
  const { src = "10.0.0.1", dst = "10.0.0.2", options = [] } = fields;
  const header = 20 + options.length;
  const fragment = (fields.moreFragments ? 0x2000 : 0) | (fields.fragmentOffset ?? 0);
  return join(
    [fields.versionIhl ?? 0x40 | header / 4, 0],
    u16(fields.ipLength ?? header + payload.length),
    u16(1),
    u16(fragment),
    [64, protocol, 0, 0],
    addressBytes(src).subarray(12),
    addressBytes(dst).subarray(12),
    options,
    payload,
  );
}

function ipv6(protocol: number, payload: Uint8Array, fields: Ip): Uint8Array {
  const { src = "2001:db8::1", dst = "2001:db8::2", extensions = [] } = fields;
  const chain = extensions.map(({ type, length = 0, data = [] }, i) => {
    const bytes = new Uint8Array(type === 51 ? (length + 2) * 4 : (length + 1) * 8);
    bytes.set([extensions[i + 1]?.type ?? protocol, type === 44 ? 0 : length, ...data]);
    return bytes;
  });
  const body = join(...chain, payload);
  return join(
    [0x60, 0, 0, 0],
    u16(fields.ipLength ?? body.length),
    [extensions[0]?.type ?? protocol, 64],
    addressBytes(src),
    addressBytes(dst),
    body,
  );
}

/** Concatenates bytes. */
export function join(...parts: ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A 16-bit number in network order. */
export function u16(value: number): number[] {
  return [value >> 8 & 0xff, value & 0xff];
}

/** A 32-bit number in network order. */
export function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value & 0xffff)];
}

function addressBytes(text: string): Uint8Array {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is not an address`);
  return address.bytes;
}
