/** `knockd serve`, and knockd 0.8's own command line. */

import {
  Command,
  type CommandUnknownOpts,
  Option,
  type OptionValues,
} from "@commander-js/extra-typings";
import { UsageError } from "../core/failure.ts";
import type { ServeOptions } from "../server/serve.ts";
import { countReader } from "./arguments.ts";
import { DEFAULT_CONFIG } from "../config/default_config.ts";
import { LEGACY_CONFIG } from "../config/legacy_config.ts";
import { VERSION } from "../version.ts";
import { ExitWith, printError } from "./terminal.ts";

/** Seconds that a trial may take: a day. */
const LONGEST_TRIAL = 86_400;

export function serveCommand(): CommandUnknownOpts {
  return withOptions(new Command("serve"), DEFAULT_CONFIG)
    .argument("[config]", "the config")
    .addHelpText("after", "\nExample: knockd serve --trial 300 /etc/knockd/knock.toml")
    .action(async (path, options, command) => {
      const said = command.getOptionValueSource("config") === "cli";
      if (path === undefined) return await run(options);
      if (said) throw new UsageError("the config is named twice", "leave out --config");
      await run({ ...options, config: path });
    });
}

/**
 * knockd 0.8's own command line. OpenWrt's fork has one option more, which its service
 * gives: to save memory, which nothing is needed for here.
 */
export function legacyCommand(): CommandUnknownOpts {
  return withOptions(new Command("knockd"), LEGACY_CONFIG)
    .addOption(new Option("-s, --save-mem").hideHelp())
    .version(`knockd ${VERSION}`, "-V, --version", "print the version")
    .action((options) => run(options));
}

/** The options of knockd 0.8, and ours. */
function withOptions(command: Command, defaultConfig: string): Command<[], OptionValues> {
  return command
    .description("run the daemon")
    .option("-c, --config <file>", "the config", defaultConfig)
    .option("-i, --interface <name>", "network interface to listen on")
    .option("-d, --daemon", "run in the background")
    .option("-p, --pidfile <file>", "where to write the process id")
    .option("-g, --logfile <file>", "where to write the log")
    .option("--state-dir <directory>", "where the journal is kept")
    .option("--control <socket>", "where knockd status and others ask")
    .option("-4, --only-ip-v4", "leave IPv6 out")
    .option(
      "-l, --lookup",
      "log host names beside the addresses (asks DNS once a door has opened)",
    )
    .option("-v, --verbose", "log to standard output, too")
    .option("-D, --debug", "log debugging messages, to standard output, too")
    .option(
      "--trial <seconds>",
      "close everything and stop after so long, unless `knockd confirm` is called",
      countReader({
        option: "--trial",
        unit: "seconds",
        least: 1,
        limit: LONGEST_TRIAL,
        example: 300,
      }),
    ) as unknown as Command<[], OptionValues>;
}

async function run(said: OptionValues): Promise<void> {
  const options = said as unknown as ServeOptions;
  if (options.daemon) await goIntoBackground();
  const { serve } = await import("../server/serve.ts");
  await serve(options, {
    line: printError,
    warning: (line) => printError(`knockd: warning: ${line}`),
  });
}

/** What waits for the one in the background needs nothing of what that one needs. */
async function goIntoBackground(): Promise<void> {
  const { daemonize, isDetached } = await import("../server/process/daemonize.ts");
  if (!isDetached()) throw new ExitWith(await daemonize(Deno.args));
}
