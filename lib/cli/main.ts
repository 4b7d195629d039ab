/**
 * The command line: which command, and the exit code it ends with.
 *
 * @module
 */
import type { CommanderError, CommandUnknownOpts } from "@commander-js/extra-typings";
import { UsageError } from "../core/failure.ts";
import { calledAs } from "../server/process/this_program.ts";
import { VERSION } from "../version.ts";
import { print, printError, reportFailure } from "./terminal.ts";

/** The subcommands; each is loaded when it is needed. */
const COMMANDS: Readonly<Record<string, () => Promise<CommandUnknownOpts>>> = {
  init: async () => (await import("./init.ts")).initCommand(),
  serve: async () => (await import("./serve.ts")).serveCommand(),
  knock: async () => (await import("./knock.ts")).knockCommand(),
  check: async () => (await import("./check.ts")).checkCommand(),
  status: async () => (await import("./control.ts")).statusCommand(),
  log: async () => (await import("./log.ts")).logCommand(),
  replay: async () => (await import("./replay.ts")).replayCommand(),
  watch: async () => (await import("./watch.ts")).watchCommand(),
  close: async () => (await import("./control.ts")).closeCommand(),
  reload: async () => (await import("./control.ts")).reloadCommand(),
  confirm: async () => (await import("./control.ts")).confirmCommand(),
  resync: async () => (await import("./control.ts")).resyncCommand(),
  enroll: async () => (await import("./enroll.ts")).enrollCommand(),
  revoke: async () => (await import("./revoke.ts")).revokeCommand(),
  profile: async () => (await import("./profile.ts")).profileCommand(),
  otp: async () => (await import("./otp.ts")).otpCommand(),
  firewall: async () => (await import("./firewall.ts")).firewallCommand(),
  service: async () => (await import("./service.ts")).serviceCommand(),
  schema: async () => (await import("./schema.ts")).schemaCommand(),
  doctor: async () => (await import("./doctor.ts")).doctorCommand(),
  import: async () => (await import("./import.ts")).importCommand(),
  page: async () => (await import("./page.ts")).pageCommand(),
  man: async () => (await import("./man.ts")).manCommand(() => programFor("--help")),
  completions: async () =>
    (await import("./completions.ts")).completionsCommand(() => programFor("--help")),
};

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
    return await run(await programFor(first), args);
  } catch (error) {
    return reportFailure(error);
  }
}

async function run(
  program: CommandUnknownOpts,
  args: readonly string[],
): Promise<number> {
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    return isCommanderError(error) ? endOf(error) : reportFailure(error);
  }
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
    .option("-V, --version", "print the version");
  const load = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  const loads = load === undefined ? Object.values(COMMANDS) : [load];
  for (const command of await Promise.all(loads.map((load) => load()))) {
    program.addCommand(inherit(command, program));
  }
  return program;
}

function quietly(command: CommandUnknownOpts): CommandUnknownOpts {
  return command.exitOverride().configureOutput({
    writeOut: (text) => print(text.trimEnd()),
    writeErr: (text) => printError(text.trimEnd()),
    outputError: (text, write) => write(text.replace(/^error: /, "knockd: error: ")),
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

function isCommanderError(error: unknown): error is CommanderError {
  return error instanceof Error && "exitCode" in error && "code" in error;
}

/** Help and version end well; everything else that commander says is about a mistake. */
function endOf(error: CommanderError): number {
  if (error.exitCode === 0) return 0;
  if (error.code !== "commander.help") return 2;
  return reportFailure(new UsageError("a command is missing", "see above"));
}
