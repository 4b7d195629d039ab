/** `knockd completions`: what a shell needs to complete our command lines. */

import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { DEFAULT_CONFIG } from "../config/default_config.ts";
import { UsageError } from "../core/failure.ts";

/** The subcommand; `program` gives the whole command line. */
export function completionsCommand(program: () => CommandUnknownOpts): Command {
  return new Command("completions")
    .description("print a shell's completion script: bash, zsh or fish")
    .argument("<shell>", "one of bash, zsh and fish")
    .argument("[words...]", "for the scripts' own use: names doors|clients|profiles")
    .option("-c, --config <file>", "config whose names are completed", DEFAULT_CONFIG)
    .addHelpText("after", HELP)
    .action(async (shell, words, { config }) => {
      const { printNames, printScript } = await import("./actions/completions.ts");
      if (shell === "names") await printNames(words, config);
      else if (words.length > 0) {
        throw new UsageError("completions takes one shell", "one file for each shell");
      } else printScript(shell, program());
    }) as unknown as Command;
}

const HELP = `
Examples:
  knockd completions bash > /etc/bash_completion.d/knockd
  knockd completions zsh > /usr/local/share/zsh/site-functions/_knockd
  knockd completions fish > ~/.config/fish/completions/knockd.fish`;
