/**
 * `knockd revoke`: the end of a client.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import { UsageError } from "../core/failure.ts";
import { print, printError } from "./terminal.ts";

/** The subcommand `revoke`. */
export function revokeCommand(): Command {
  return new Command("revoke")
    .description("end one client of a rotating door, and nothing else")
    .argument("<door>", "the door's name in the config")
    .argument("<client>", "the client's name there")
    .option("--fleet", "on every machine of the fleet, for good")
    .option("-c, --config <file>", "the config", "/etc/knockd/knock.toml")
    .addHelpText("after", "\nExample: knockd revoke ssh alice")
    .action(revokeClient) as unknown as Command;
}

async function revokeClient(
  door: string,
  client: string,
  { config, fleet }: { config: string; fleet?: true | undefined },
): Promise<void> {
  if (fleet) await revokeInFleet(config, door, client);
  const { revoke } = await import("../config/clients/revoke.ts");
  const { secretFile, kept } = await revoke(config, door, client);
  print(`${config} does not know ${client} of the door ${door} any more`);
  if (kept !== undefined) {
    printError(`knockd: warning: ${secretFile} is still there: ${kept}`);
  } else if (secretFile !== undefined) print(`removed ${secretFile}`);
  print("a running daemon does not either, after: knockd reload");
}

/** First of all: what is left to be done here can be done again. */
async function revokeInFleet(path: string, name: string, who: string): Promise<void> {
  const { loadConfigOrThrow } = await import("../config/load.ts");
  const { rotatingDoor } = await import("../config/clients/enrollable_door.ts");
  const { config: { fleet, doors } } = await loadConfigOrThrow(path);
  if (fleet === undefined) throw new UsageError(`${path} has no [fleet]`);
  const door = rotatingDoor(doors, name, path);
  const client = door.key.clients.find((each) => each.name === who);
  if (client === undefined) {
    throw new UsageError(`${path}: the door ${name} has no client ${who}`);
  }
  const { revokeEverywhere } = await import("../server/fleet/fleet_overview.ts");
  await revokeEverywhere(fleet, door, client);
  print(
    `${who} opens the door ${name} on no machine of the fleet ${fleet.name} any more`,
  );
}
