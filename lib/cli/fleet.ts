/** `knockd fleet`: several machines with one set of counters and leases. */

import { Command } from "@commander-js/extra-typings";
import { DEFAULT_CONFIG } from "../config/default_config.ts";

export function fleetCommand(): Command {
  return new Command("fleet")
    .description("several machines that open doors together")
    .argument("<what>", "one of init, status and forget")
    .argument("[node]", "the node to forget")
    .option("-c, --config <file>", "the config", DEFAULT_CONFIG)
    .option("--name <name>", "with init: the fleet's name", "prod")
    .option(
      "--secret-file <file>",
      "with init: where its secret goes",
      "/etc/knockd/fleet/secret",
    )
    .option("--json", "with status: print it as JSON")
    .addHelpText(
      "after",
      "\ninit makes a secret for the fleet, and prints what etcd is to be told; status" +
        "\nsays which members and nodes there are; forget takes a dead node off that list." +
        "\nExample: knockd fleet status",
    )
    .action(async (what, node, options) => {
      const { fleet } = await import("./actions/fleet.ts");
      await fleet(what, node, options);
    }) as unknown as Command;
}
