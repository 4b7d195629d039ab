/** A daemon from its start to its end: what it holds, and whom it tells. */

import type { Config } from "../config/config.ts";
import { Failure } from "../core/failure.ts";
import { isShort, isUnwritable } from "../files/unwritable.ts";
import { handleControl } from "./control_handler.ts";
import type { ControlRequest } from "./control/message.ts";
import { openControl } from "./control_socket.ts";
import { Daemon } from "./daemon.ts";
import { Faults, withRetries } from "./faults.ts";
import { History } from "./history/history.ts";
import { historyPath } from "./history/history_file.ts";
import { hears } from "./hearing.ts";
import { hasJournal } from "./journal/slot.ts";
import { COMMON_DIR, takeOver } from "./journal/take_over.ts";
import { openMetricsPort } from "./metrics_server.ts";
import { type LogHandle, openLog } from "./log/log.ts";
import { announceReady } from "./process/daemonize.ts";
import { catchEverything } from "./process/uncaught.ts";
import { type Small, staySmall } from "./process/memory.ts";
import { collectOrphans } from "./process/orphans.ts";
import { createPidFile } from "./process/pid_file.ts";
import { SdNotify } from "./process/sd_notify.ts";
import { type Ending, HangUps, outliveFullFiles, stopSignal } from "./process/signals.ts";
import { type ConfigOptions, configReader } from "./read_config.ts";
import { reloadOnSignal } from "./reload.ts";
import { realSystem, type System } from "./system.ts";
import { Trial } from "./trial.ts";
import { refuseTwin } from "./twin.ts";
import { realWorld, type World } from "./world.ts";

/** What a command line says of a daemon. */
export interface ServeOptions extends ConfigOptions {
  readonly debug?: true;
  readonly lookup?: true;
  readonly verbose?: true;
  readonly onlyIpV4?: true;
  /** Seconds after which it ends unless it is confirmed. */
  readonly trial?: number;
}

/** Where a daemon says what its log does not take. */
export interface Printing {
  line(text: string): void;
  warning(text: string): void;
}

/** Runs a daemon until it is told to stop; throws a Failure if it can't start. */
export async function serve(options: ServeOptions, printing: Printing): Promise<void> {
  const load = configReader(options);
  const config = await load(printing.warning);
  let lastWords = () => {};
  const signals = { stopped: stopSignal(() => lastWords()), hangUps: new HangUps() };
  outliveFullFiles();
  await refuseTwin(config);
  using _pidFile = holdPidFile(config, printing);
  let say = printing.warning;
  const faults = new Faults(realSystem(), (line) => say(line));
  const system = withRetries(realSystem(), faults);
  collectOrphans(system);
  using small = staySmall(system);
  using manager = serviceManager(system);
  const log = await openLogOf(config, options, system);
  const reload = () =>
    load((line) => log.logger.warn("{line}", { event: "config", line }));
  say = (line) => log.logger.error("{line}", { event: "fault", line });
  using _net = catchEverything(faults.met);
  try {
    await takeOverJournal(config, log);
    const told = listeners(printing, log, small, manager);
    const world = realWorld(system, faults, options.lookup ?? false);
    const ipv4Only = options.onlyIpV4 ?? false;
    const onTrial = options.trial !== undefined;
    const around = { log, world, reload, ...told };
    const daemon = await Daemon.start({ config, ipv4Only, onTrial, ...around });
    lastWords = () => {
      daemon.abandon();
      log.close();
    };
    if (!hears(config)) sayFollowing(config, log, manager, printing);
    system.schedule(REHEARSAL_MS, () => rehearseLater(config, world, small));
    signals.hangUps.follow(() => void reloadOnSignal(daemon, manager));
    const running = { config, log, manager, options, system, faults };
    await runUntil(signals.stopped, daemon, running);
  } finally {
    log.close();
  }
}

/** Of a machine that hears nothing there is no line for any interface. */
function sayFollowing(
  { fleet }: Config,
  log: LogHandle,
  manager: SdNotify | undefined,
  printing: Printing,
): void {
  const line = `no door hears knocks here; it follows the fleet ${fleet!.name}`;
  manager?.listening("fleet", line);
  log.logger.info("{line}", { event: "listening", line });
  if (!log.isSeen) printing.line(line);
}

/** Once the start is over. */
const REHEARSAL_MS = 300;

async function rehearseLater(
  { doors }: Config,
  world: World,
  small: Small,
): Promise<void> {
  try {
    const { rehearse } = await import("./rehearsal/rehearsal.ts");
    await rehearse(doors, world);
    small.settle();
  } catch (error) {
    world.faults.met(error);
  }
}

interface Running {
  readonly config: Config;
  readonly log: LogHandle;
  readonly manager: SdNotify | undefined;
  readonly options: ServeOptions;
  readonly system: System;
  readonly faults: Faults;
}

async function runUntil(
  stopped: Promise<Ending>,
  daemon: Daemon,
  { config, log, manager, options, system, faults }: Running,
): Promise<void> {
  const trial = options.trial === undefined
    ? undefined
    : new Trial(options.trial, system);
  using history = await openHistory(config, log, system);
  const handle = (request: ControlRequest) =>
    handleControl(daemon, trial, { log, history }, request);
  const around = { logger: log.logger, system, onFault: faults.met };
  await using _control = await openControl(config, handle, around);
  using _metrics = await openMetricsPort(config, daemon, log.logger);
  announceReady();
  let undo = false;
  let ending = "close" as Ending;
  try {
    const asked = stopped.then((how) => ending = how);
    const failed = trial?.failed.then(() => undo = true);
    await Promise.race([asked, ...failed ? [failed] : []]);
  } finally {
    manager?.stopping();
    undo ||= trial?.left !== undefined;
    await daemon.stop({ undo, handOver: ending === "hand over" && !undo });
  }
}

function openLogOf(
  { options: { logFile, logFormat, logTime, useSyslog } }: Config,
  options: ServeOptions,
  system: System,
): Promise<LogHandle> {
  return openLog({
    format: logFormat,
    time: logTime,
    syslog: useSyslog,
    verbose: options.verbose ?? false,
    debug: options.debug ?? false,
    ...(logFile === undefined ? {} : { file: logFile }),
  }, system);
}

/** What follows when interfaces begin or cease to hear. */
function listeners(
  printing: Printing,
  log: LogHandle,
  small: Small,
  manager: SdNotify | undefined,
) {
  return {
    onListening(name: string, addresses: readonly string[]) {
      const line = `listening on ${name} (${addresses.join(", ") || "no address yet"})`;
      manager?.listening(name, line);
      if (!log.isSeen) printing.line(line);
    },
    onBusy: () => small.busy(),
    onDeaf: (name: string, reason: string) =>
      manager?.deaf(name, `waiting for ${name}: ${reason}`),
  };
}

/** Whoever wants to know how the service is doing, if anybody does. */
function serviceManager(system: System): SdNotify | undefined {
  return SdNotify.open({ system, env: (name) => Deno.env.get(name), pid: Deno.pid });
}

/** It stands beside the journal; without one, memory keeps a little. */
async function openHistory(
  { options: { historyDays: days, historyRows: rows, stateDir } }: Config,
  { logger, watchers }: LogHandle,
  system: System,
): Promise<History> {
  const warn = (line: string) => logger.warn("{line}", { event: "history", line });
  const history = new History(system, { days, rows }, warn);
  if (stateDir !== undefined && hasJournal(stateDir)) {
    await history.useFile(historyPath(stateDir));
  }
  watchers.follow(history.note);
  return history;
}

async function takeOverJournal(config: Config, { logger }: LogHandle): Promise<void> {
  if (!await takeOver(config)) return;
  logger.info("the journal of {from} is this daemon's, and is in {to} from now on", {
    event: "journal",
    from: COMMON_DIR,
    to: config.options.stateDir,
  });
}

/** Nobody's doors are to stay shut because there is no place for a PID file. */
function holdPidFile(
  { options: { pidFile } }: Config,
  { warning }: Printing,
): Disposable | undefined {
  if (pidFile === undefined) return undefined;
  try {
    const file = createPidFile(pidFile);
    return { [Symbol.dispose]: () => file.remove() };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (!isUnwritable(error.cause) && !isShort(error.cause)) throw error;
    warning(`${error.message}; going on without one`);
    return undefined;
  }
}
