/**
 * Zones: a link-local address is one of every network, and a zone says on which of this
 * machine's networks it is meant (RFC 4007, 11).
 */

import { ipv6Host } from "./ipv6_host.ts";

/** Whether an address, in text, is a link-local one of IPv6: fe80::/10. */
export function isLinkLocal(text: string): boolean {
  return /^fe[89ab][0-9a-f]:/i.test(text);
}

/**
 * The address and the zone of a text like `fe80::1%eth0`. A zone is an interface's name, or
 * its number.
 *
 * @returns `undefined` for anything else, a zone of an address that takes none included
 */
export function splitZone(
  text: string,
): { readonly address: string; readonly zone: string } | undefined {
  const [, address = "", zone] = /^([^%]*)%([\w.:-]{1,32})$/.exec(text) ?? [];
  return zone !== undefined && isLinkLocal(address) && ipv6Host(address) !== undefined
    ? { address, zone }
    : undefined;
}
