/** `knockd revoke`: the end of a client. */

import { UsageError } from "../../core/failure.ts";
import { print, printError } from "../terminal.ts";
import { revoke } from "../../config/clients/revoke.ts";
import { loadConfigOrThrow } from "../../config/load.ts";
import { rotatingDoor } from "../../config/clients/enrollable_door.ts";

/** Ends a client here, and before that in the fleet if that is asked for. */
export async function revokeClient(
  door: string,
  client: string,
  { config, fleet }: { config: string; fleet?: true | undefined },
): Promise<void> {
  if (fleet) await revokeInFleet(config, door, client);
  const { secretFile, kept } = await revoke(config, door, client);
  print(`${config} does not know ${client} of the door ${door} any more`);
  if (kept !== undefined) {
    printError(`knockd: warning: ${secretFile} is still there: ${kept}`);
  } else if (secretFile !== undefined) print(`removed ${secretFile}`);
  print("a running daemon does not either, after: knockd reload");
}

/** First of all: what is left to be done here can be done again. */
async function revokeInFleet(path: string, name: string, who: string): Promise<void> {
  const { config: { fleet, doors } } = await loadConfigOrThrow(path);
  if (fleet === undefined) throw new UsageError(`${path} has no [fleet]`);
  const door = rotatingDoor(doors, name, path);
  const client = door.key.clients.find((each) => each.name === who);
  if (client === undefined) {
    throw new UsageError(`${path}: the door ${name} has no client ${who}`);
  }
  const { revokeEverywhere } = await import("../../server/fleet/fleet_changes.ts");
  await revokeEverywhere(fleet, door, client);
  print(
    `${who} opens the door ${name} on no machine of the fleet ${fleet.name} any more`,
  );
}
