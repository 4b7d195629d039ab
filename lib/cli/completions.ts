/**
 * `knockd completions`: what a shell needs to complete our command lines.
 *
 * @module
 */
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { Failure, UsageError } from "../core/failure.ts";
import { commandWords } from "./command_words.ts";
import { print } from "./terminal.ts";

/** What a name may consist of to be offered: nothing that a shell could take for its own. */
const PLAIN_NAME = /^[\w.@:+/-]{1,100}$/;

/** The subcommand; `program` gives the whole command line. */
export function completionsCommand(program: () => Promise<CommandUnknownOpts>): Command {
  return new Command("completions")
    .description("print a shell's completion script: bash, zsh or fish")
    .argument("<shell>", "bash, zsh or fish")
    .argument("[words...]", "for the scripts' own use: names doors|clients|profiles")
    .option("-c, --config <file>", "config whose names are completed", CONFIG)
    .addHelpText("after", HELP)
    .action(async (shell, words, { config }) => {
      if (shell === "names") return await printNames(words, config);
      print((await script(shell, program)).trimEnd());
    }) as unknown as Command;
}

const CONFIG = "/etc/knockd/knock.toml";
const HELP = `
Examples:
  knockd completions bash > /etc/bash_completion.d/knockd
  knockd completions zsh > /usr/local/share/zsh/site-functions/_knockd
  knockd completions fish > ~/.config/fish/completions/knockd.fish`;

async function script(
  shell: string,
  program: () => Promise<CommandUnknownOpts>,
): Promise<string> {
  const words = async () => commandWords(await program());
  if (shell === "bash") {
    const { bashCompletion } = await import("../setup/completions/bash.ts");
    return bashCompletion(await words());
  }
  if (shell === "zsh") {
    const { zshCompletion } = await import("../setup/completions/zsh.ts");
    return zshCompletion(await words());
  }
  if (shell === "fish") {
    const { fishCompletion } = await import("../setup/completions/fish.ts");
    return fishCompletion(await words());
  }
  throw new UsageError(
    `no completions for ${JSON.stringify(shell.slice(0, 40))}`,
    "knockd completions bash, zsh or fish",
  );
}

/** A shell that asks amid a line wants names or nothing, never an error. */
async function printNames(
  [what, door]: readonly string[],
  config: string,
): Promise<void> {
  const names = what === "profiles" ? await profileNames() : await configNames(config);
  for (const name of names) if (PLAIN_NAME.test(name)) print(name);

  async function configNames(path: string): Promise<readonly string[]> {
    const { loadConfig } = await import("../config/load.ts");
    const doors = (await loadConfig(path)).config?.doors ?? [];
    if (what === "doors") return doors.map(({ name }) => name);
    return doors.filter(({ name }) => name === door).flatMap(({ key }) =>
      what === "clients" && key.kind === "otp" ? key.clients.map(({ name }) => name) : []
    );
  }
}

async function profileNames(): Promise<readonly string[]> {
  const { loadProfiles, profileDirectory } = await import("../client/profiles.ts");
  try {
    return loadProfiles(profileDirectory()).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}
