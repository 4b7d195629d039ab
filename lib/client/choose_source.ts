/** Which of its addresses a machine sends from. */

import { isLocalAddress } from "../core/local_address.ts";
import { type Address, parseAddress } from "../core/address.ts";
import { Failure } from "../core/failure.ts";

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
  const candidates = addresses.filter((address) => !isLocalAddress(address.text));
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
