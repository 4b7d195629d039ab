/** What the command line may say, as commander knows it. */

import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { legacyCommand } from "./serve.ts";
import { subcommands } from "./subcommands.ts";
import { refuseEmpty } from "./empty_value.ts";
import { print, printError } from "./terminal.ts";
import { withoutSecrets } from "./without_secrets.ts";

/** Columns of a help text: those of the narrowest terminals. */
const HELP_WIDTH = 80;

/** The program with one subcommand, or with all where none is meant. */
export function programFor(first: string): CommandUnknownOpts {
  const program = quietly(new Command("knockd"))
    .description("Opens closed ports to whoever knocks right, and closes them again.")
    .usage("COMMAND [options]\n       knockd [options of knockd 0.8]")
    .option("-V, --version", "print the version")
    // What a command takes, its own help says.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .helpCommand(false);
  for (const { group, make } of subcommands(first)) {
    const command = make(() => programFor("--help"));
    program.addCommand(inherit(command, program).helpGroup(group));
  }
  return program;
}

/** The options of knockd 0.8. */
export function legacyProgram(): CommandUnknownOpts {
  return quietly(legacyCommand());
}

function quietly(command: CommandUnknownOpts): CommandUnknownOpts {
  command.hook("preAction", (_, meant) => refuseEmpty(meant));
  return command.exitOverride().configureOutput({
    getOutHelpWidth: () => HELP_WIDTH,
    writeOut: (text) => print(text.trimEnd()),
    writeErr: (text) => printError(text.trimEnd()),
    outputError: (text, write) =>
      write(`knockd: error: ${withoutSecrets(plainly(text))}`),
  });
}

function inherit(
  command: CommandUnknownOpts,
  parent: CommandUnknownOpts,
): CommandUnknownOpts {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, parent);
  return command;
}

/** What is wrong, in a line, without its guess, and without what may be a secret. */
function plainly(text: string): string {
  return text.replace(/^error: /, "").replace(/\n\(Did you mean .*\)/, "")
    .replace(/( but got \d+): [^]*/, "$1").trimEnd();
}
