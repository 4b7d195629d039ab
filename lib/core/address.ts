/**
 * IP addresses: strict parsing, one canonical text, and the 16 bytes that the
 * matcher and the derivation of sequences work on.
 */

import ipaddr from "ipaddr.js";

const { IPv4, IPv6 } = ipaddr;

/** An IPv4 or IPv6 address without a zone. */
export interface Address {
  /** IP version. */
  readonly family: 4 | 6;
  /** Canonical text: dotted decimal, or RFC 5952 for IPv6. */
  readonly text: string;
  /** 16 bytes in network order; IPv4 as `::ffff:a.b.c.d` (RFC 4291, 2.5.5.2). */
  readonly bytes: Uint8Array;
}

/**
 * Reads an address written as four plain decimal parts or as IPv6 without a zone.
 * IPv4-mapped IPv6 text gives the IPv4 address, so that one host has one address.
 *
 * @returns `undefined` for anything else: `127.1`, `010.0.0.1`, `fe80::1%eth0`, a name.
 */
export function parseAddress(text: string): Address | undefined {
  const four = fourParts(text);
  if (four !== undefined) return { family: 4, text: four.join("."), bytes: mapped(four) };
  const plain = withoutDottedTail(text);
  if (plain === undefined || plain.includes("%") || !IPv6.isValid(plain)) {
    return undefined;
  }
  return addressFromBytes(Uint8Array.from(IPv6.parse(plain).toByteArray()));
}

const FOUR_PARTS =
  /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

/** Thousands are read at once where many doors close, which ipaddr.js takes long for. */
function fourParts(text: string): number[] | undefined {
  const parts = FOUR_PARTS.exec(text)?.slice(1).map(Number);
  return parts?.every((part) => part <= 255) ? parts : undefined;
}

/**
 * Writes the dotted end of an IPv6 address as two groups (RFC 4291, 2.2): ipaddr.js takes
 * `::10.0.0.1` for a mapped address, and octal parts in it.
 */
function withoutDottedTail(text: string): string | undefined {
  if (!text.includes(".")) return text;
  const start = text.lastIndexOf(":") + 1;
  const tail = text.slice(start);
  if (start === 0 || !IPv4.isValidFourPartDecimal(tail)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = IPv4.parse(tail).toByteArray();
  const group = (high: number, low: number) => (high * 256 + low).toString(16);
  return `${text.slice(0, start)}${group(a, b)}:${group(c, d)}`;
}

/** The address that 16 bytes in network order stand for; IPv4 where they are mapped. */
export function addressFromBytes(bytes: Uint8Array): Address {
  if (bytes.length !== 16) {
    throw new RangeError(`an address has 16 bytes, not ${bytes.length}`);
  }
  const own = bytes.slice();
  if (isMapped(own)) return { family: 4, text: own.subarray(12).join("."), bytes: own };
  return { family: 6, text: new IPv6([...own]).toRFC5952String(), bytes: own };
}

function mapped(ipv4: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes[10] = 0xff;
  bytes[11] = 0xff;
  bytes.set(ipv4, 12);
  return bytes;
}

function isMapped(bytes: Uint8Array): boolean {
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return false;
  return bytes[10] === 0xff && bytes[11] === 0xff;
}
