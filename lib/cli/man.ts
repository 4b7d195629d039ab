/**
 * `knockd man`: the manual pages.
 *
 * @module
 */
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { UsageError } from "../core/failure.ts";
import { commandWords } from "./command_words.ts";
import { print } from "./terminal.ts";

/** The day that the pages bear: that of the last release. */
const RELEASED = "November 26, 2026";

type Program = () => Promise<CommandUnknownOpts>;

/** The pages, each loaded when it is asked for. */
const PAGES: Readonly<Record<string, (program: Program) => Promise<string>>> = {
  "knockd.8": async (program) => {
    const { knockdPage } = await import("../setup/manual/knockd.ts");
    return knockdPage(commandWords(await program()), RELEASED);
  },
  "knock.1": async () => (await import("../setup/manual/knock.ts")).knockPage(RELEASED),
  "knock.toml.5": async () =>
    (await import("../setup/manual/knock_toml.ts")).knockTomlPage(RELEASED),
  "knockd-protocol.7": async () =>
    (await import("../setup/manual/protocol.ts")).protocolPage(RELEASED),
};

/** The subcommand; `program` gives the whole command line. */
export function manCommand(program: Program): Command {
  const names = Object.keys(PAGES).join(", ");
  return new Command("man")
    .description("print a manual page, for man(1) to show")
    .argument("[page]", `one of ${names}`, "knockd.8")
    .addHelpText("after", "\nExample: knockd man knock.toml.5 | man -l -")
    .action(async (page) => {
      const make = Object.hasOwn(PAGES, page) ? PAGES[page] : undefined;
      if (make === undefined) {
        throw new UsageError(
          `no manual page ${JSON.stringify(page.slice(0, 40))}`,
          `there are ${names}`,
        );
      }
      print((await make(program)).trimEnd());
    }) as unknown as Command;
}
