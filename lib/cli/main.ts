/** The command line: which command, and the exit code it ends with. */

import type { CommanderError, CommandUnknownOpts } from "@commander-js/extra-typings";
import { UsageError } from "../core/failure.ts";
import { calledAs, comeHome } from "../server/process/this_program.ts";
import { VERSION } from "../version.ts";
import { commanderCode, isCommanderError, reportFailure } from "./exit_code.ts";
import { hasCopiedDash, refuseCopiedDash } from "./copied_dash.ts";
import { hasLegacyConfig } from "../config/legacy_config.ts";
import { spelledOut } from "./spelled_out.ts";
import { withoutValue } from "./missing_value.ts";
import { withSystemDirectories } from "./system_path.ts";
import { print, printError } from "./terminal.ts";

const NO_DAEMON = ["-h", "--help", "-V", "--version"];

/**
 * Runs the command line and gives its exit code. Called as `knock`, the program is
 * knock 0.8's client.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    comeHome();
    if (calledAs() === "knock") {
      const { legacyKnock } = await import("./legacy_knock.ts");
      return await legacyKnock(args);
    }
    if (Deno.build.os !== "windows") {
      Deno.env.set(
        "PATH",
        withSystemDirectories(Deno.env.get("PATH") ?? "/usr/bin:/bin"),
      );
    }
    const [first] = args;
    if (first === undefined || isLegacy(first)) return await legacyDaemon(args);
    if (first === "-V" || first === "--version") {
      print(`knockd ${VERSION}`);
      return 0;
    }
    const { programFor } = await import("./program.ts");
    return await run(programFor(first), first === "help" ? helpArgs(args) : args);
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
    refuseCopiedDash(args);
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
  return hasCopiedDash(first) || first.startsWith("-") && !NO_DAEMON.includes(first);
}

/** As in knockd 0.8 whatever goes wrong is code 1: Debian's unit takes 2 for success. */
async function legacyDaemon(args: readonly string[]): Promise<number> {
  const { legacyProgram, programFor } = await import("./program.ts");
  if (args.length === 0 && !hasLegacyConfig()) {
    await run(programFor("--help"), ["--help"]);
    return 1;
  }
  const program = legacyProgram();
  const names = ["help", ...program.options.flatMap(({ long }) => long?.slice(2) ?? [])];
  return Math.min(1, await run(program, spelledOut(args, names)));
}

/** What commander says of a mistake is what is wrong; this is what to do about it. */
async function sayMore(
  program: CommandUnknownOpts,
  args: readonly string[],
  { code, message }: CommanderError,
): Promise<void> {
  const { helpHint, meantBy, meantOption, nearCommand } = await import("./mistakes.ts");
  const [first = ""] = args;
  // Commander's own guess is too far off: revoke for restore, --host for --port.
  const meant = code === "commander.unknownCommand"
    ? meantBy(first, program) ?? nearCommand(message, program, args)
    : code === "commander.unknownOption"
    ? meantOption(message, program, args)
    : code === "commander.excessArguments" && isLegacy(first)
    ? "a command stands first: knockd status -c FILE; without one there are options alone"
    : undefined;
  printError(`knockd: hint: ${meant ?? helpHint(program, args)}`);
}
