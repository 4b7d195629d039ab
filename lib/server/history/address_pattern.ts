/** Which addresses SQLite is to look at where those of a network are asked for. */

import { isOneAddress, parseAddressBlock } from "../../core/firewall/address_block.ts";

/**
 * A pattern of SQLite's GLOB that fits the text of every address that a network, or one
 * address, takes in, and of few others; of what is neither it fits none. SQLite leaves out the
 * others many times as fast as they could be read and left out here.
 */
export function addressPattern(text: string): string {
  const block = parseAddressBlock(text);
  if (typeof block === "string") return "";
  const { address: { family, text: first }, prefix } = block;
  if (isOneAddress(block)) return first;
  const { separator, bits } = family === 4
    ? { separator: ".", bits: 8 }
    : { separator: ":", bits: 16 };
  const whole = first.split(separator).slice(0, Math.floor(prefix / bits));
  // Where a group of IPv6 is zero, other addresses may be written without it.
  const zero = family === 4 ? -1 : whole.findIndex((group) => /^0?$/.test(group));
  const common = zero < 0 ? whole : whole.slice(0, zero);
  if (common.length === 0) return `*${separator}*`;
  return [...common, "*"].join(separator);
}
