/** What ties the kernel's doors to the leases of a daemon. */

import type { Door } from "../core/door.ts";
import { KernelDoors } from "./firewall/kernel_doors.ts";
import { keyOf } from "./firewall/open_elements.ts";
import type { Lease } from "./leases/lease.ts";
import type { Leases } from "./leases/leases.ts";
import { FirewallReport } from "./log/firewall_report.ts";
import type { Logger } from "./log/log.ts";
import type { World } from "./world.ts";

/** Kernel's doors whose used-up places end their leases. */
export function kernelDoorsFor(
  { system, openNft, openFeed }: World,
  logger: Logger,
  onTrial: boolean,
  leases: () => Leases,
): KernelDoors {
  return new KernelDoors({
    system,
    openNft,
    openFeed,
    onTrial,
    report: new FirewallReport(logger),
    onUsed(places) {
      const used = new Set(places.map(keyOf));
      const chosen = (lease: Lease) => used.has(keyOf(lease));
      void leases().close(chosen, "its one connection was made, or its place was lost");
    },
  });
}

/** Makes leases of whom the kernel has let in since before this daemon was there. */
export function adoptElements(
  kernel: KernelDoors,
  leases: Leases,
  doors: readonly Door[],
): void {
  const byName = new Map(doors.map((door) => [door.name, door]));
  for (const { door: name, ip, until } of kernel.adopt()) {
    const door = byName.get(name);
    if (door !== undefined) leases.adopt(door, ip, until);
  }
  leases.closeLost(doors);
}
