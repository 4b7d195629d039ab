/** Commands that let somebody in at a port that the kernel keeps shut for another door. */

import type { Door } from "../../core/door.ts";
import type { PortRange } from "../../core/firewall/kernel_ports.ts";
import { formatKnock } from "../../core/sequence.ts";
import { parseOpen } from "../open_ports.ts";
import { type Adviser, unsafe } from "./advice.ts";
import { plainOpening } from "./plain_opening.ts";

/** What drops a packet has the last word: no rule elsewhere lets it in again. */
export function shutByKernel(doors: readonly Door[]): Adviser {
  // One with a target shuts the ports of that address alone.
  const kernels = doors.filter(({ kernel, target }) => kernel && target === undefined);
  return (door) => {
    if (kernels.length === 0) return undefined;
    const opening = plainOpening(door.start?.ipv4) ?? plainOpening(door.start?.ipv6) ??
      "";
    for (const port of parseOpen(opening).ports) {
      if (hasPort(door, port)) continue;
      const other = kernels.find((kernel) => hasPort(kernel, port));
      if (other === undefined) continue;
      const shut = formatKnock({ port: port.first, protocol: port.protocol });
      return unsafe(
        "shut-by-kernel",
        `the kernel keeps port ${shut} shut to those whom its command lets in: ` +
          `${other.name} opens it only to those who knock there`,
        `open = "${shut}" in place of the command`,
      );
    }
    return undefined;
  };
}

function hasPort({ kernel }: Door, { first, protocol }: PortRange): boolean {
  return kernel !== undefined &&
    kernel.ports.some((range) =>
      range.protocol === protocol && range.first <= first && first <= range.last
    );
}
