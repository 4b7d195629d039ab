/** `knockd service`: files for service managers. */

import { Command } from "@commander-js/extra-typings";
import { DEFAULT_CONFIG } from "../config/default_config.ts";

export function serviceCommand(): Command {
  return new Command("service")
    .description("print, or install, what runs the daemon as a service")
    .argument(
      "[kind]",
      "one of systemd, openrc and sysv; guard, openrc-guard and sysv-guard; container",
      "systemd",
    )
    .option("-c, --config <file>", "the config", DEFAULT_CONFIG)
    .option("--install", "put it where it belongs")
    .option("--force", "replace a file that is there and differs")
    .addHelpText("after", "\nExample: knockd service --install")
    .action(async (kind, options) => {
      if (kind === "runtime" && options.install) return await installProgram();
      const { service } = await import("./actions/service.ts");
      await service(kind, options);
    }) as unknown as Command;
}

/** What a unit calls before each start, so that nothing of configs is loaded for it. */
async function installProgram(): Promise<void> {
  const { installRuntime } = await import("./actions/service/service_runtime.ts");
  await installRuntime();
}
