/** `knockd man`: the manual pages. */

import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";

/** The subcommand; `program` gives the whole command line. */
export function manCommand(program: () => CommandUnknownOpts): Command {
  return new Command("man")
    .description("print a manual page, for man(1) to show")
    .argument(
      "[page]",
      "one of knockd.8, knock.1, knock.toml.5, knockd-protocol.7",
      "knockd.8",
    )
    .addHelpText("after", "\nExample: knockd man knock.toml.5 | man -l -")
    .action(async (page) => {
      const { printPage } = await import("./actions/man.ts");
      printPage(page, program());
    }) as unknown as Command;
}
