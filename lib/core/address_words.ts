/** Addresses as the four 32-bit words that the matcher works on. */

import { type Address, addressFromBytes } from "./address.ts";

/** The address whose four 32-bit words, most significant first, are given. */
export function addressFromWords(words: Uint32Array): Address {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < 4; i++) view.setUint32(i * 4, words[i] ?? 0);
  return addressFromBytes(bytes);
}

/** Whether four words, most significant first, are an IPv4 address. */
export function isIpv4(words: Uint32Array): boolean {
  return words[2] === 0xffff && words[1] === 0 && words[0] === 0;
}

/** The four 32-bit words of an address, most significant first. */
export function addressToWords(address: Address): Uint32Array {
  const view = new DataView(address.bytes.buffer, address.bytes.byteOffset, 16);
  return Uint32Array.from([0, 4, 8, 12], (offset) => view.getUint32(offset));
}
