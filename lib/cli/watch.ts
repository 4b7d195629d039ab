/** `knockd watch`: what the daemon hears, and what it makes of it. */

import type { Command } from "@commander-js/extra-typings";
import { daemonCommand } from "./daemon_command.ts";

export function watchCommand(): Command {
  return daemonCommand("watch", "show live what the daemon hears, and why a knock failed")
    .option("--door <door>", "only what is about this door")
    .option("--ip <network>", "only what this address does, or a network: 10.0.0.0/8")
    .option("--lines", "print lines on a terminal, too, and not a table that redraws")
    .option("--json", "print each line as a JSON object")
    .addHelpText("after", "\nExample: knockd watch --door ssh")
    .action(async (options) => {
      const { watch } = await import("./actions/watch.ts");
      await watch(options);
    }) as unknown as Command;
}
