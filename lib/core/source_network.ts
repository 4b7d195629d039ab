/** The network of a source: addresses that one person may have. */
import { isIpv4 } from "./address_words.ts";

/**
 * The /24 of an IPv4 address, which is mapped, or the /64 of another; different networks
 * have different ones.
 *
 * @param source four words, most significant first
 */
export function sourceNetwork(source: Uint32Array): number | string {
  return isIpv4(source) ? source[3]! >>> 8 : `${source[0]} ${source[1]}`;
}
