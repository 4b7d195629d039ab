/** Whether a reload took away what a lease is for. */

import { parseAddress } from "../../core/address.ts";
import type { Door } from "../../core/door.ts";
import { expandCommand } from "../../core/template.ts";
import { commandOf } from "../commands/door_commands.ts";
import type { Lease } from "./lease.ts";
import type { LeaseElements } from "./lease_elements.ts";

/** Why a lease does not outlive a reload, if it doesn't; `door`: what has its name now. */
export function changeOf(
  lease: Lease,
  door: Door | undefined,
  elements: LeaseElements,
): string | undefined {
  const { label, element } = lease.promised;
  if (door === undefined) return "no longer in the config";
  if (label !== undefined && door.label !== label) return "its label has changed";
  if (elements.holds(door, lease.ip) !== element) return "what it opens has changed";
  return isStopOf(door, lease) ? undefined : "its stop command has changed";
}

/** Whether a door would close a lease by the command that was promised. */
function isStopOf(door: Door, { ip, promised: { stop, client } }: Lease): boolean {
  if (stop === undefined && door.stop === undefined) return true;
  const address = parseAddress(ip)!;
  const command = commandOf(door.stop, address);
  if (command === undefined || stop === undefined) return command === stop;
  const argv = expandCommand(command, {
    ip: address,
    door: door.name,
    port: Number(stop.env["KNOCK_PORT"]),
    ...(client === undefined ? {} : { client }),
  });
  return JSON.stringify(argv) === JSON.stringify(stop.argv);
}
