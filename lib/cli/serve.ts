/**
 * `knockd serve`, and knockd 0.8's own command line.
 *
 * @module
 */
import { Command } from "@commander-js/extra-typings";
import type { Config } from "../config/config.ts";
import { Failure } from "../core/failure.ts";
import type { Daemon } from "../server/daemon.ts";
import type { LogHandle } from "../server/log/log.ts";
import type { SdNotify } from "../server/process/sd_notify.ts";
import type { System } from "../server/system.ts";
import type { Trial } from "../server/trial.ts";
import { numberUpTo } from "./arguments.ts";
import { Exit, printError } from "./terminal.ts";

/** Seconds that a trial may take: a day. */
const LONGEST_TRIAL = 86_400;

interface ServeOptions {
  readonly config: string;
  readonly interface?: string;
  readonly daemon?: true;
  readonly debug?: true;
  readonly lookup?: true;
  readonly pidfile?: string;
  readonly logfile?: string;
  readonly verbose?: true;
  readonly onlyIpV4?: true;
  readonly trial?: number;
}

/** The subcommand; the options are those of knockd 0.8. */
export function serveCommand(defaultConfig = "/etc/knockd/knock.toml"): Command {
  return new Command("serve")
    .description("run the daemon")
    .option("-c, --config <file>", "the config", defaultConfig)
    .option("-i, --interface <name>", "network interface to listen on")
    .option("-d, --daemon", "run in the background")
    .option("-p, --pidfile <file>", "where to write the process id")
    .option("-g, --logfile <file>", "where to write the log")
    .option("-4, --only-ip-v4", "leave IPv6 out")
    .option("-l, --lookup", "log host names instead of addresses (a risk: it asks DNS)")
    .option("-v, --verbose", "log to standard output, too")
    .option("-D, --debug", "log debugging messages, to standard output, too")
    .option(
      "--trial <seconds>",
      "close everything and stop after so long, unless `knockd confirm` is called",
      numberUpTo(LONGEST_TRIAL, "trial"),
    )
    .action((options) => serve(options as ServeOptions)) as unknown as Command;
}

async function serve(options: ServeOptions): Promise<void> {
  const { announceReady, daemonize, isDetached } = await import(
    "../server/process/daemonize.ts"
  );
  if (options.daemon && !isDetached()) throw new Exit(await daemonize(Deno.args));
  const { realSystem } = await import("../server/system.ts");
  const { openLog } = await import("../server/log/log.ts");
  const { Daemon } = await import("../server/daemon.ts");
  const { staySmall } = await import("../server/process/memory.ts");
  const { Trial } = await import("../server/trial.ts");

  const load = configReader(options);
  const config = await load(warn);
  const { pidFile, logFile, logFormat, useSyslog } = config.options;
  // From the moment that the PID file tells whom to signal, no signal may be fatal.
  const stopped = stopSignal();
  const hangUps = hangUpSignals();
  using _pidFile = pidFile === undefined ? undefined : await holdPidFile(pidFile);
  const system = realSystem();
  using small = staySmall(system);
  using manager = await serviceManager(system);
  const log = await openLog({
    format: logFormat,
    syslog: useSyslog,
    verbose: options.verbose ?? false,
    debug: options.debug ?? false,
    ...(logFile === undefined ? {} : { file: logFile }),
  }, system);
  try {
    const daemon = await Daemon.start({
      config,
      log,
      system,
      ipv4Only: options.onlyIpV4 ?? false,
      lookup: options.lookup ?? false,
      reload: () => load((line) => log.logger.warn("{line}", { event: "config", line })),
      onListening(name, addresses) {
        manager?.listening(name, listening(name, addresses));
        if (!log.onStandardError) printError(listening(name, addresses));
      },
      onBusy: () => small.busy(),
      onDeaf: (name, reason) => manager?.deaf(name, `waiting for ${name}: ${reason}`),
    });
    hangUps.follow(() => {
      const reloaded = manager?.reloading();
      // A config that is wrong has been reported in the log.
      daemon.reload().catch(() => {}).then(reloaded);
    });
    const trial = options.trial === undefined
      ? undefined
      : new Trial(options.trial, system);
    await using _control = await openControl(config, daemon, trial, log);
    announceReady();
    try {
      await Promise.race([stopped, daemon.done, ...trial ? [trial.failed] : []]);
    } finally {
      manager?.stopping();
      await daemon.stop();
    }
  } finally {
    log.close();
  }
}

/** Whoever wants to know how the service is doing, if anybody does. */
async function serviceManager(system: System): Promise<SdNotify | undefined> {
  if (!Deno.env.has("NOTIFY_SOCKET")) return undefined;
  const { SdNotify } = await import("../server/process/sd_notify.ts");
  return SdNotify.open({ system, env: (name) => Deno.env.get(name), pid: Deno.pid });
}

/** Reads the config as the command line changes it. */
function configReader(options: ServeOptions) {
  const path = options.daemon && !options.config.startsWith("/")
    ? `${Deno.cwd()}/${options.config}`
    : options.config;
  return async (onWarning: (line: string) => void): Promise<Config> => {
    const { loadConfigOrThrow } = await import("../config/load.ts");
    const { formatProblem } = await import("../config/problems.ts");
    const { DEFAULT_PID_FILE } = await import("../config/config.ts");
    const { config, warnings } = await loadConfigOrThrow(path);
    for (const warning of warnings) {
      if (warning.severity === "warning") onWarning(formatProblem(warning));
    }
    const pidFile = options.pidfile ?? config.options.pidFile ??
      (options.daemon ? DEFAULT_PID_FILE : undefined);
    const logFile = options.logfile ?? config.options.logFile;
    return {
      ...config,
      options: {
        ...config.options,
        ...(options.interface === undefined ? {} : { interfaces: [options.interface] }),
        ...(pidFile === undefined ? {} : { pidFile }),
        ...(logFile === undefined ? {} : { logFile }),
      },
    };
  };
}

/** The daemon does its work without a control socket, too. */
async function openControl(
  { options: { control, controlGroup } }: Config,
  daemon: Daemon,
  trial: Trial | undefined,
  { logger }: LogHandle,
): Promise<AsyncDisposable | undefined> {
  const { ControlServer } = await import("../server/control/server.ts");
  const { handleControl } = await import("../server/control_handler.ts");
  try {
    return await ControlServer.open({
      path: control,
      ...(controlGroup === undefined ? {} : { group: controlGroup }),
      handle: (request) => handleControl(daemon, trial, request),
    });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message } = error;
    logger.warn("no control socket: {message}", { event: "control", message });
    return undefined;
  }
}

async function holdPidFile(path: string): Promise<Disposable> {
  const { createPidFile } = await import("../server/process/pid_file.ts");
  const file = createPidFile(path);
  return { [Symbol.dispose]: () => file.remove() };
}

/** SIGHUP, kept for whoever follows it later. */
function hangUpSignals() {
  let early = false;
  let act = () => {
    early = true;
  };
  Deno.addSignalListener("SIGHUP", () => act());
  return {
    follow(reload: () => void): void {
      act = reload;
      if (early) reload();
    },
  };
}

/** Settles when the daemon is to stop; asked a second time, it goes at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = () => {
      if (asked) Deno.exit(1);
      asked = true;
      resolve();
    };
    Deno.addSignalListener("SIGTERM", stop);
    Deno.addSignalListener("SIGINT", stop);
  });
}

function listening(name: string, addresses: readonly string[]): string {
  return `listening on ${name} (${addresses.join(", ") || "no address yet"})`;
}

function warn(line: string): void {
  printError(`knockd: warning: ${line}`);
}
