/**
 * `knockd revoke`: the end of a client.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import { print, printError } from "./terminal.ts";

/** The subcommand `revoke`. */
export function revokeCommand(): Command {
  return new Command("revoke")
    .description("end one client of a rotating door, and nothing else")
    .argument("<door>", "the door's name in the config")
    .argument("<client>", "the client's name there")
    .option("-c, --config <file>", "the config", "/etc/knockd/knock.toml")
    .addHelpText("after", "\nExample: knockd revoke ssh alice")
    .action(revokeClient) as unknown as Command;
}

async function revokeClient(
  door: string,
  client: string,
  { config }: { config: string },
): Promise<void> {
  const { revoke } = await import("../config/clients/revoke.ts");
  const { secretFile, kept } = await revoke(config, door, client);
  print(`${config} does not know ${client} of the door ${door} any more`);
  if (kept !== undefined) {
    printError(`knockd: warning: ${secretFile} is still there: ${kept}`);
  } else if (secretFile !== undefined) print(`removed ${secretFile}`);
  print("a running daemon does not either, after: knockd reload");
}
