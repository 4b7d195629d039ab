/** Source addresses as derivations take them. */

import { ipv6Host } from "../core/ipv6_host.ts";

/**
 * The 16 bytes of an address in network order, IPv4 as ::ffff:a.b.c.d.
 *
 * @throws RangeError if it is none
 */
export function sourceBytes(text: string): Uint8Array<ArrayBuffer> {
  const host = ipv6Host(/^\d+(\.\d+){3}$/.test(text) ? `::ffff:${text}` : text);
  if (host === undefined) throw new RangeError("the source is no IPv4 or IPv6 address");
  return bytesOf(host);
}

/** The bytes of the one text that URLs write an address in: groups of hex, `::` at most once. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const [head = [], tail = []] = text.split("::")
    .map((part) => part.split(":").filter((group) => group !== ""));
  const zeros = Array<string>(8 - head.length - tail.length).fill("0");
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (const [i, group] of [...head, ...zeros, ...tail].entries()) {
    view.setUint16(2 * i, parseInt(group, 16));
  }
  return bytes;
}
