/** `knockd replay`: which doors would a recording open, and why not the others? */

import { Command } from "@commander-js/extra-typings";
import { DEFAULT_CONFIG } from "../config/default_config.ts";

export function replayCommand(): Command {
  return new Command("replay")
    .description("say which doors a recording would open, and why not the others")
    .argument("<file>", "a pcap or pcapng file; - for standard input")
    .option("-c, --config <file>", "the config", DEFAULT_CONFIG)
    .option(
      "--address <address...>",
      "the server's addresses; without, every destination in the file is one",
    )
    .option("--json", "print each line, and the sum, as a JSON object")
    .addHelpText(
      "after",
      "\nIt writes nothing: counters are unspent where the file begins." +
        "\nExample: tcpdump -U -i eth0 -w - | knockd replay - --config knock.toml",
    )
    .action(async (file, options) => {
      const { replayFile } = await import("./actions/replay.ts");
      await replayFile(file, options);
    }) as unknown as Command;
}
