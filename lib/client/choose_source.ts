/** Which of its addresses a machine sends from. */

import { isLocalAddress } from "../core/local_address.ts";
import { type Address, parseAddress } from "../core/address.ts";
import { Failure } from "../core/failure.ts";
import { isLinkLocal } from "../core/zone.ts";

/**
 * The routed source, if the system says it; else this machine's only address that can
 * reach the target.
 */
export function chooseSource(
  target: Address,
  own: readonly string[],
  routed: string | undefined,
): Address {
  const source = parseAddress(routed ?? "");
  if (source?.family === target.family) return source;
  const addresses = own.flatMap((text) => parseAddress(text) ?? [])
    .filter(({ family }) => family === target.family);
  if (addresses.some(({ text }) => text === target.text)) return target;
  return theOnly(target, addresses.filter(({ text }) => !isLocalAddress(text)));
}

/** An interface's address, as the system lists it. */
type Listed = Pick<Deno.NetworkInterfaceInfo, "name" | "address" | "scopeid">;

/** The address that this machine has in the zone of a link-local target. */
export function chooseInZone(
  target: Address,
  zone: string,
  interfaces: readonly Listed[],
  routed: string | undefined,
): Address {
  const source = parseAddress(routed ?? "");
  if (source && isLinkLocal(source.text)) return source;
  const own = interfaces
    .filter(({ name, scopeid }) => name === zone || `${scopeid}` === zone)
    .filter(({ address }) => isLinkLocal(address));
  return theOnly(target, own.flatMap(({ address }) => parseAddress(address) ?? []));
}

function theOnly(target: Address, candidates: readonly Address[]): Address {
  const [only, second] = candidates;
  if (only && !second) return only;
  const names = candidates.map(({ text }) => text).join(", ");
  throw new Failure(
    only
      ? `a knock at ${target.text} may leave from any of ${names}`
      : `this machine has no address to knock at ${target.text} from`,
    "say with --source-ip which address the host sees",
  );
}
