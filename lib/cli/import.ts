/** `knockd import`: a knockd.conf as knock.toml. */

import { Command } from "@commander-js/extra-typings";

export function importCommand(): Command {
  return new Command("import")
    .description(
      "print a knockd.conf as a commented knock.toml that behaves the same; fwknop's access.conf, too, as far as it maps",
    )
    .argument("[config]", "the config to read", "/etc/knockd.conf")
    .addHelpText(
      "after",
      "\nExample: knockd import /etc/knockd.conf > knock.toml && knockd check knock.toml",
    )
    .action(async (path) => {
      const { importConfig } = await import("./actions/import.ts");
      await importConfig(path);
    }) as unknown as Command;
}
