/** Which hooks are asked about a packet that was sent to this host. */

import { follow } from "./passage.ts";
import type { Packet } from "./rule_match.ts";
import { chainsAt, type Ruleset } from "./ruleset.ts";

/**
 * A chain there sees what comes by some interfaces, ahead of all others and of what traces
 * packets. By which ones nft does not always say: whether it drops a packet is never sure.
 */
export const INGRESS = "ingress";

const AHEAD = ["prerouting"];

/** Where a port is sent on before, as to a container, the input never sees its packets. */
export function localHooks(ruleset: Ruleset, packet: Packet): readonly string[] {
  return isSentOn(ruleset, packet) ? AHEAD : [...AHEAD, "input"];
}

/** Whether DNAT is about a packet, whose port is known. */
export function isSentOn(ruleset: Ruleset, packet: Packet): boolean {
  return packet.port !== undefined &&
    chainsAt(ruleset, packet.version, AHEAD).some((chain) =>
      follow(ruleset, chain, packet).ends.has("sent on")
    );
}
