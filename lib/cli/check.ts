/** `knockd check`: is a config right, and what does it do? */

import { Command } from "@commander-js/extra-typings";
import { DEFAULT_CONFIG } from "../config/default_config.ts";

export function checkCommand(): Command {
  return new Command("check")
    .description("validate, judge and explain a config; needs no root")
    .argument("[config]", "the config", DEFAULT_CONFIG)
    .option("-c, --config <file>", "the config, too")
    .option("--ruleset", "print what the kernel is told of doors with open, alone")
    .option("--strict", "fail where there is any warning or advice")
    .option(
      "--ignore <names>",
      "say nothing of these, by their names, this once",
      (names, before: string[] = []) => [...before, ...names.split(",")],
    )
    .option("--all", "print what is ignored, too")
    .option("--json", "print what is wrong and unwise as JSON, and nothing else")
    .addHelpText("after", "\nExample: knockd check --strict /etc/knockd/knock.toml")
    .action(async (path, options) => {
      const { check } = await import("./actions/check.ts");
      await check(options.config ?? path, options);
    }) as unknown as Command;
}
