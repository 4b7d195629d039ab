/** The command line: which command, and the exit code it ends with. */

import type { CommanderError, CommandUnknownOpts } from "@commander-js/extra-typings";
import { UsageError } from "../core/failure.ts";
import { calledAs } from "../server/process/this_program.ts";
import { subcommands } from "./subcommands.ts";
import { VERSION } from "../version.ts";
import { commanderCode, isCommanderError, reportFailure } from "./exit_code.ts";
import { withoutValue } from "./missing_value.ts";
import { print, printError } from "./terminal.ts";
import { withoutSecrets } from "./without_secrets.ts";

/** Columns of a help text: those of the narrowest terminals. */
const HELP_WIDTH = 80;
const NO_DAEMON = ["-h", "--help", "-V", "--version"];

/**
 * Runs the command line and gives its exit code. Called as `knock`, the program is
 * knock 0.8's client.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    if (calledAs() === "knock") {
      const { legacyKnock } = await import("./legacy_knock.ts");
      return await legacyKnock(args);
    }
    const [first] = args;
    if (first === undefined || isLegacy(first)) return await legacyDaemon(args);
    if (first === "-V" || first === "--version") {
      print(`knockd ${VERSION}`);
      return 0;
    }
    if (first === "help") return await run(await programFor(first), helpArgs(args));
    return await run(await programFor(first), args);
  } catch (error) {
    return reportFailure(error);
  }
}

/** `help status` is `status --help`. */
function helpArgs([, ...words]: readonly string[]): string[] {
  return [...words, "--help"];
}

async function run(
  program: CommandUnknownOpts,
  args: readonly string[],
): Promise<number> {
  try {
    const missing = withoutValue(program, args);
    if (missing !== undefined) {
      const { helpHint } = await import("./mistakes.ts");
      throw new UsageError(
        `option '${missing}' argument missing`,
        helpHint(program, args),
      );
    }
    await program.parseAsync(helpOfKnown(program, args), { from: "user" });
    return 0;
  } catch (error) {
    if (!isCommanderError(error)) return reportFailure(error);
    const code = commanderCode(error);
    if (code !== 0 && error.code !== "commander.help") {
      await sayMore(program, args, error);
    }
    return code;
  }
}

/** There is no help for a command that there isn't: it is refused, as without --help. */
function helpOfKnown(program: CommandUnknownOpts, args: readonly string[]): string[] {
  const [first = "-"] = args;
  const isKnown = first.startsWith("-") ||
    program.commands.some((command) => command.name() === first);
  return isKnown ? [...args] : args.filter((word) => !/^(-h|--help)$/.test(word));
}

/** Without a subcommand, knockd 0.8's options run the daemon. */
function isLegacy(first: string): boolean {
  return first.startsWith("-") && !NO_DAEMON.includes(first);
}

/** As in knockd 0.8 whatever goes wrong is code 1: Debian's unit takes 2 for success. */
async function legacyDaemon(args: readonly string[]): Promise<number> {
  const { hasLegacyConfig, legacyCommand } = await import("./serve.ts");
  if (args.length === 0 && !hasLegacyConfig()) {
    await run(await programFor("--help"), ["--help"]);
    return 1;
  }
  return Math.min(1, await run(quietly(legacyCommand()), args));
}

/** The program with one subcommand, or with all where none is meant. */
async function programFor(first: string): Promise<CommandUnknownOpts> {
  const { Command } = await import("@commander-js/extra-typings");
  const program = quietly(new Command("knockd"))
    .description("Opens closed ports to whoever knocks right, and closes them again.")
    .usage("COMMAND [options]\n       knockd [options of knockd 0.8]")
    .option("-V, --version", "print the version")
    // What a command takes, its own help says.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .helpCommand(false);
  for (const { group, load } of subcommands(first)) {
    const command = await load(() => programFor("--help"));
    program.addCommand(inherit(command, program).helpGroup(group));
  }
  return program;
}

function quietly(command: CommandUnknownOpts): CommandUnknownOpts {
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

/** What commander says of a mistake is what is wrong; this is what to do about it. */
async function sayMore(
  program: CommandUnknownOpts,
  args: readonly string[],
  { code, message }: CommanderError,
): Promise<void> {
  const { helpHint, meantBy, meantOption } = await import("./mistakes.ts");
  const [first = ""] = args;
  const meant = code === "commander.unknownCommand"
    ? meantBy(first, program)
    : code === "commander.unknownOption"
    ? meantOption(message, program, args)
    : undefined;
  const near = /\(Did you mean (.*)\?\)/.exec(message)?.[1];
  const guess = near === undefined ? undefined : `did you mean ${near}?`;
  printError(`knockd: hint: ${meant ?? guess ?? helpHint(program, args)}`);
}

/** What is wrong, in a line, without its guess, and without what may be a secret. */
function plainly(text: string): string {
  return text.replace(/^error: /, "").replace(/\n\(Did you mean .*\)/, "")
    .replace(/( but got \d+): [^]*/, "$1").trimEnd();
}
