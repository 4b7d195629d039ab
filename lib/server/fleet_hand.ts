/** What the fleet does with the doors of this machine. */

import { parseAddress } from "../core/address.ts";
import { Secret } from "../core/secret.ts";
import type { FleetHand } from "./fleet/honouring.ts";
import type { Lease } from "./leases/lease.ts";
import type { Leases } from "./leases/leases.ts";

/** A client that knocked at another node: its secret is of no use here. */
const NO_SECRET = new Secret(new Uint8Array(0));

/** Opens and closes doors as other machines did; the leases are those of the moment. */
export function fleetHandOn(leases: () => Leases): FleetHand {
  return {
    open(door, ip, client, ms) {
      // An older knock that is heard of later takes nothing from a newer one.
      const longest = Math.max(ms, leases().left(door.name, ip));
      leases().openAll([{
        address: parseAddress(ip)!,
        port: 0,
        elsewhere: true,
        door: { ...door, cmdTimeout: longest / 1000 },
        ...(client === undefined ? {} : { client: { name: client, secret: NO_SECRET } }),
      }]);
    },
    close(doors, ip, why) {
      const names = new Set(doors.map(({ name }) => name));
      const chosen = (lease: Lease) =>
        lease.ip === ip && names.has(lease.door) && !lease.isOver;
      void leases().close(chosen, why);
    },
  };
}
