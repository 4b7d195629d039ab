/** `knockd revoke`: the end of a client. */

import { Command } from "@commander-js/extra-typings";
import { DEFAULT_CONFIG } from "../config/default_config.ts";

export function revokeCommand(): Command {
  return new Command("revoke")
    .description("end one client of a rotating door, and nothing else")
    .argument("<door>", "the door's name in the config")
    .argument("<client>", "the client's name there")
    .option("--fleet", "on every machine of the fleet, for good")
    .option("-c, --config <file>", "the config", DEFAULT_CONFIG)
    .addHelpText("after", "\nExample: knockd revoke ssh alice")
    .action(async (door, client, options) => {
      const { revokeClient } = await import("./actions/revoke.ts");
      await revokeClient(door, client, options);
    }) as unknown as Command;
}
