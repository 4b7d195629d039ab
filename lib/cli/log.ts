/** `knockd log`: who opened which door, and when. */

import type { Command } from "@commander-js/extra-typings";
import { daemonCommand } from "./daemon_command.ts";

export function logCommand(): Command {
  return daemonCommand("log", "say who opened a door and when, across restarts")
    .argument("[door]", "the door; all of them without it")
    .option("--client <client>", "only what concerns this client")
    .option("--ip <network>", "only what this address did, or a network: 10.0.0.0/8")
    .option("--since <age>", "how far back: 45m, 12h, 2d, today, or a date as 2026-11-26")
    .option("--until <time>", "and up to when, which is no more in it")
    .option("--json", "print each as a JSON object")
    .addHelpText("after", "\nExample: knockd log ssh --since 2d")
    .action(async (door, options) => {
      const { log } = await import("./actions/log.ts");
      await log(door, options);
    }) as unknown as Command;
}
