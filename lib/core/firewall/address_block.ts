/** Networks as `192.168.0.0/16`, `fd00::/8`, or one address. */

import { type Address, addressFromBytes, parseAddress } from "../address.ts";
import type { AddressBlock } from "./kernel_ports.ts";

/** Reads a network; a string says what is wrong. */
export function parseAddressBlock(text: string): AddressBlock | string {
  const [, host = "", digits] = /^([^/]*)(?:\/(.*))?$/s.exec(text.trim()) ?? [];
  const address = parseAddress(host);
  if (address === undefined) return "this is not an IPv4 or IPv6 address or network";
  const most = bitsOf(address);
  if (digits === undefined) return { address, prefix: most };
  const prefix = Number(digits);
  if (!/^\d{1,3}$/.test(digits) || prefix > most) {
    return `a network of IPv${address.family} ends in /0 to /${most}`;
  }
  const first = addressFromBytes(masked(address, prefix));
  if (first.text === address.text) return { address, prefix };
  return `${address.text} is not the first address of its network; ` +
    `write ${first.text}/${prefix}`;
}

/** The text of a network, which {@linkcode parseAddressBlock} reads back. */
export function formatAddressBlock(block: AddressBlock): string {
  const { address: { text }, prefix } = block;
  return isOneAddress(block) ? text : `${text}/${prefix}`;
}

/** Whether it is no more than an address. */
export function isOneAddress({ address, prefix }: AddressBlock): boolean {
  return prefix === bitsOf(address);
}

function bitsOf({ family }: Address): number {
  return family === 4 ? 32 : 128;
}

/** The networks of a family, without those that are part of another. */
export function outermost(
  networks: readonly AddressBlock[],
  family: 4 | 6,
): AddressBlock[] {
  const kept: AddressBlock[] = [];
  const own = networks.filter(({ address }) => address.family === family);
  for (const network of own.toSorted((a, b) => a.prefix - b.prefix)) {
    const inside = kept.some((outer) =>
      addressFromBytes(masked(network.address, outer.prefix)).text === outer.address.text
    );
    if (!inside) kept.push(network);
  }
  return kept;
}

/**
 * Tells the texts of addresses that a network, or one address, takes in. What is neither takes
 * in nothing.
 */
export function addressTest(text: string): (ip: string) => boolean {
  const block = parseAddressBlock(text);
  if (typeof block === "string") return () => false;
  const { address: first, prefix } = block;
  return (ip) => {
    if (ip === first.text) return true;
    const address = parseAddress(ip);
    return address?.family === first.family &&
      masked(address, prefix).every((byte, i) => byte === first.bytes[i]);
  };
}

/** An address's 16 bytes with what is behind the prefix set to zero. */
function masked({ bytes, family }: Address, prefix: number): Uint8Array {
  const bits = family === 4 ? prefix + 96 : prefix;
  return bytes.map((byte, i) => {
    const own = Math.min(8, Math.max(0, bits - i * 8));
    return byte & (0xff << (8 - own));
  });
}
