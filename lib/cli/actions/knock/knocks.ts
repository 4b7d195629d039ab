/** Classic knocks on a command line: `7000 8000:udp 9000`. */

import type { Shot } from "../../../client/shot.ts";
import type { Address } from "../../../core/address.ts";
import type { Knock, Sequence } from "../../../core/door.ts";
import { UsageError } from "../../../core/failure.ts";
import { formatKnock, parseKnock } from "../../../core/sequence.ts";

/**
 * Milliseconds between the hits of a classic knock unless the user says otherwise: their
 * order matters, and packets that leave together may be received by different queues of
 * a network card.
 */
export const CLASSIC_DELAY = 1;

/** Reads ports; commas may stand for spaces, and `allUdp` overrides every protocol. */
export function parsePlainKnocks(texts: readonly string[], allUdp: boolean): Sequence {
  return texts.flatMap((text) => text.split(",")).map((text): Knock => {
    const knock = parseKnock(text);
    if (typeof knock === "string") {
      throw new UsageError(knock, "ports are written 7000, 8000:tcp or 9000:udp");
    }
    return allUdp ? { port: knock.port, protocol: "udp" } : knock;
  });
}

/** The line that knock 0.8 prints for a hit. */
export function describeHit(target: Address, { protocol, port }: Knock): string {
  return `hitting ${protocol} ${target.text}:${port}`;
}

/** The line that a terminal gets for a knock; a one-time sequence stays out of it. */
export function describeKnock(
  target: Address,
  sequence: readonly Shot[],
  otp: boolean,
): string {
  const what = sequence[0]?.payload
    ? "a single packet"
    : otp
    ? `a one-time sequence of ${sequence.length} ports`
    : sequence.map(formatKnock).join(" ");
  return `knocked at ${target.text}: ${what}`;
}
