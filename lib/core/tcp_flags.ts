/** TCP flags as text: `syn,!ack`. */

import type { TcpFlags } from "./door.ts";
import { quoted } from "./printable.ts";

/** Bits of the flags byte (RFC 9293, 3.1), in the order in which flags are written. */
export const TCP_FLAG_BITS = {
  fin: 0x01,
  syn: 0x02,
  rst: 0x04,
  psh: 0x08,
  ack: 0x10,
  urg: 0x20,
  ece: 0x40,
  cwr: 0x80,
} as const;

/** Lets every TCP packet count. */
export const ANY_TCP_FLAGS: TcpFlags = { mask: 0, value: 0 };

/**
 * Reads flags as knockd writes them: a comma list, `!` before a flag that has to be
 * clear, in any case. The empty text lets every TCP packet count.
 *
 * @returns What is wrong, in words for a user, when it is a string.
 */
export function parseTcpFlags(text: string): TcpFlags | string {
  if (text.trim() === "") return ANY_TCP_FLAGS;
  let mask = 0;
  let value = 0;
  for (const part of text.split(",")) {
    const trimmed = part.trim();
    const not = trimmed.startsWith("!");
    const name = not ? trimmed.slice(1).trim() : trimmed;
    const bit = bitOf(name);
    if (bit === undefined) {
      const known = Object.keys(TCP_FLAG_BITS).join(", ");
      return `${quoted(name)} is not a TCP flag; the flags are ${known}`;
    }
    const wanted = not ? 0 : bit;
    if ((mask & bit) !== 0 && (value & bit) !== wanted) {
      return `${name.toLowerCase()} can't be both set and clear`;
    }
    mask |= bit;
    value |= wanted;
  }
  return { mask, value };
}

/** The text of flags, which {@linkcode parseTcpFlags} reads back. */
export function formatTcpFlags(flags: TcpFlags): string {
  return Object.entries(TCP_FLAG_BITS)
    .filter(([, bit]) => (flags.mask & bit) !== 0)
    .map(([name, bit]) => (flags.value & bit) !== 0 ? name : `!${name}`)
    .join(",");
}

/** Both conditions at once; where they contradict each other, the later one holds. */
export function mergeTcpFlags(earlier: TcpFlags, later: TcpFlags): TcpFlags {
  return {
    mask: earlier.mask | later.mask,
    value: (earlier.value & ~later.mask) | later.value,
  };
}

function bitOf(name: string): number | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(TCP_FLAG_BITS, key)
    ? TCP_FLAG_BITS[key as keyof typeof TCP_FLAG_BITS]
    : undefined;
}
