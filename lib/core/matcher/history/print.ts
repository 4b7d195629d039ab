/** What tells packets with the same mark from the same source apart. */

import { type Hit, TCP } from "../../hit.ts";
import { finish, mix } from "../words.ts";

const BY_CHECKSUM = 0x10000;

/**
 * A 30-bit print: of source port and destination, of which there is a hash, and of the
 * sequence number of TCP. UDP has none. IPv4 has an identification that differs for each
 * datagram, unless it must not be fragmented and has 0; then, as in IPv6, the length and
 * the checksum tell.
 */
export function printOf(hit: Hit, destination: number, seed: number): number {
  let hash = mix(mix(seed, hit.sourcePort), destination);
  if (hit.protocol === TCP) return finish(mix(hash, hit.tcpSequence));
  const { identification, checksum } = hit;
  hash = mix(hash, hit.length);
  return finish(
    mix(hash, identification === 0 ? checksum | BY_CHECKSUM : identification),
  );
}
