/** `knockd init`: a first door, whole. */

import { Command } from "@commander-js/extra-typings";
import { DEFAULT_CONFIG } from "../config/default_config.ts";

export function initCommand(): Command {
  return new Command("init")
    .description("make a first door: its config, a client, the journal and the units")
    .argument("[door]", "a name for the door", "ssh")
    .option("--open <ports>", 'the ports that it opens, as 22 or "22, 51820:udp"', "22")
    .option("--host <name>", "name or address by which clients reach this machine")
    .option(
      "--client <name>",
      "a name for the first client (default: the user who called sudo)",
    )
    .option("-c, --config <file>", "the config", DEFAULT_CONFIG)
    .addHelpText(
      "after",
      "\nAsks nothing, overwrites nothing, and says each thing it does. Without root it" +
        "\nsays what it would do.\nExample: knockd init ssh --open 22 --host gate.example.org",
    )
    .action(async (door, options) => {
      const { init } = await import("./actions/init.ts");
      await init(door, options);
    }) as unknown as Command;
}
