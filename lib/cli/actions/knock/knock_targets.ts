/** Where a knock goes: one address of a host, or all of them. */

import type { Knocking } from "../../../client/knock.ts";
import { resolveAll } from "../../../client/resolve.ts";
import type { ClientSystem } from "../../../client/client_system.ts";
import type { Address } from "../../../core/address.ts";
import { familyOf, type KnockOptions } from "./knock_options.ts";

/** The addresses to knock at, and how it is done at each. */
export interface Targets {
  readonly targets: readonly Address[];
  readonly at: (target: Address, system: ClientSystem) => Knocking;
}

/** The addresses of a host that the options choose. */
export async function addressesOf(
  system: ClientSystem,
  host: string,
  options: Pick<KnockOptions, "all" | "ipv4" | "ipv6">,
): Promise<readonly Address[]> {
  const found = await resolveAll(system, host, familyOf(options));
  return options.all ? found : found.slice(0, 1);
}
