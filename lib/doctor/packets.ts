/** Whether packets arrive at all, or how to find out. */

import { isLocalAddress } from "../core/local_address.ts";
import type { Config } from "../config/config.ts";
import { formatKnock } from "../core/sequence.ts";
import { type Examined, ill, unknown, well } from "./finding.ts";
import type { Machine } from "./machine.ts";
import type { Heard } from "./own_packets.ts";

/** What the tests of the machine's own packets say; `deaf` where none can be heard. */
export async function packetFinding(
  machine: Machine,
  config: Config | undefined,
  deaf: boolean,
): Promise<Examined> {
  const toTry = whatToSend(machine, config);
  if (deaf) {
    return unknown("packets", "whether any arrive can't be tried like this", toTry);
  }
  const heard = await machine.hearsItself(config);
  if (heard instanceof Error) {
    return ill("packets", `none can be heard: ${heard.message}`, toTry);
  }
  return verdict(heard, toTry);
}

function verdict({ over, sent, missing, why }: Heard, toTry: string): Examined {
  if (missing.length > 0) {
    const way = over === "lo" ? "over lo" : "from a network namespace of its own";
    return ill(
      "packets",
      `${missing.join(", ")}: sent ${way}, and not heard`,
      over === "lo" ? "try tcpdump -ni lo; a container may need --network=host" : toTry,
    );
  }
  const what = sent.join(", ");
  return over === "lo"
    ? unknown("packets", `heard over lo, but not from another network: ${why}`, toTry)
    : well("packets", `heard from a network namespace of its own: ${what}`);
}

/** A packet to send from elsewhere, and what shows it here. */
function whatToSend(machine: Machine, config: Config | undefined): string {
  const outside = machine.interfaces().find(({ address }) => !isLocalAddress(address));
  const knock = formatKnock(firstKnock(config) ?? { port: 7000, protocol: "tcp" });
  const target = outside?.address ?? "THIS-MACHINE";
  return `from another machine: knockd knock ${target} ${knock}; here: sudo knockd watch`;
}

function firstKnock(config: Config | undefined) {
  for (const { key } of config?.doors ?? []) {
    // One packet must not open a door.
    if (key.kind === "static" && key.sequence.length > 1) return key.sequence[0];
  }
  return undefined;
}
