/** A daemon from its start to its end: what it holds, and whom it tells. */

import { type Config, DEFAULT_PID_FILE } from "../config/config.ts";
import { Failure, orFailure } from "../core/failure.ts";
import { someOf } from "../core/some_of.ts";
import { handleControl } from "./control_handler.ts";
import type { ControlRequest } from "./control/message.ts";
import { openControl } from "./control_socket.ts";
import { Daemon } from "./daemon.ts";
import { hears } from "./hearing.ts";
import { History } from "./history/history.ts";
import { historyPath } from "./history/history_file.ts";
import { type Host, type LogChoice, openHost } from "./host.ts";
import { hasJournal } from "./journal/slot.ts";
import { COMMON_DIR, takeOver } from "./journal/take_over.ts";
import type { LogHandle } from "./log/log.ts";
import { openMetricsPort } from "./metrics_server.ts";
import type { EarlySources } from "./capture/early_sources.ts";
import { openEarly } from "./capture/real_network.ts";
import { snapLengthFor } from "./capture/snap_length.ts";
import { announceReady } from "./process/daemonize.ts";
import type { Small } from "./process/memory.ts";
import { createPidFile, PidFileTaken } from "./process/pid_file.ts";
import { type Ending, HangUps, outliveFullFiles, stopSignal } from "./process/signals.ts";
import { type ConfigOptions, type ConfigReader, configReader } from "./read_config.ts";
import { reloadOnSignal } from "./reload.ts";
import { Trial } from "./trial.ts";
import { refuseTwin } from "./twin.ts";
import { realWorld, type World } from "./world.ts";

/** What a command line says of a daemon. */
export interface ServeOptions extends ConfigOptions, LogChoice {
  readonly lookup?: true;
  readonly onlyIpV4?: true;
  /** Seconds after which it ends unless it is confirmed. */
  readonly trial?: number;
}

/** Where a daemon says what its log does not take. */
export interface Printing {
  line(text: string): void;
  warning(text: string): void;
}

interface Order {
  readonly config: Config;
  readonly load: ConfigReader;
  readonly options: ServeOptions;
  readonly printing: Printing;
  readonly early: EarlySources | undefined;
}

/** Runs a daemon until it is told to stop; throws a Failure if it can't start. */
export async function serve(options: ServeOptions, printing: Printing): Promise<void> {
  const load = configReader(options);
  const config = await load(printing.warning);
  const order = { config, load, options, printing, early: openEarlyFor(config) };
  let lastWords = () => {};
  const stopped = stopSignal(() => lastWords());
  const hangUps = new HangUps();
  outliveFullFiles();
  await refuseTwin(config);
  using _pidFile = holdPidFile(order);
  using host = await openHost(config, options, printing.warning);
  const daemon = await startDaemon(order, host);
  lastWords = () => {
    daemon.abandon();
    host.log.close();
  };
  hangUps.follow(() => void reloadOnSignal(daemon, host.manager));
  await runUntil(stopped, daemon, order, host);
}

function openEarlyFor(config: Config): EarlySources | undefined {
  const { doors, options: { interfaces } } = config;
  return hears(config) ? openEarly(interfaces, snapLengthFor(doors)) : undefined;
}

async function startDaemon(order: Order, host: Host): Promise<Daemon> {
  const { config, load, options, early } = order;
  const { log, system, faults, small } = host;
  await takeOverJournal(config, log);
  const world = realWorld(system, faults, { lookup: options.lookup ?? false, early });
  const daemon = await Daemon.start({
    ...{ config, log, world },
    ipv4Only: options.onlyIpV4 ?? false,
    onTrial: options.trial !== undefined,
    reload: () => load((line) => log.logger.warn("{line}", { event: "config", line })),
    ...listeners(order, host),
  });
  if (!hears(config)) sayFollowing(order, host);
  system.schedule(REHEARSAL_MS, () => void rehearseLater(daemon, config, world, small));
  system.schedule(SETTLED_MS, () => small.settle());
  return daemon;
}

/** What follows when interfaces begin or cease to hear. */
function listeners({ printing }: Order, { log, small, manager }: Host) {
  return {
    onListening(name: string, addresses: readonly string[]) {
      const line = `listening on ${name} (${someOf(addresses) || "no address yet"})`;
      manager?.listening(name, line);
      if (!log.isSeen) printing.line(line);
    },
    onBusy: () => small.busy(),
    onDeaf: (name: string, reason: string) =>
      manager?.deaf(name, `waiting for ${name}: ${reason}`),
    onLeft: (name: string, reason: string) =>
      manager?.deaf(name, `not listening on ${name} any more: ${reason}`),
  };
}

/** Of a machine that hears nothing there is no line for any interface. */
function sayFollowing({ config, printing }: Order, { log, manager }: Host): void {
  const line = `no door hears knocks here; it follows the fleet ${config.fleet!.name}`;
  manager?.listening("fleet", line);
  log.logger.info("{line}", { event: "listening", line });
  if (!log.isSeen) printing.line(line);
}

/** Once the start is over. */
const REHEARSAL_MS = 300;
/** When what the start alone needed is given back. */
const SETTLED_MS = 2000;

async function rehearseLater(
  daemon: Daemon,
  { doors }: Config,
  world: World,
  small: Small,
): Promise<void> {
  try {
    const { rehearse } = await import("./rehearsal/rehearsal.ts");
    daemon.rehearse();
    await rehearse(doors, world);
  } catch (error) {
    world.faults.met(error);
  }
  small.settle();
}

async function runUntil(
  stopped: Promise<Ending>,
  daemon: Daemon,
  { config, options: { trial: seconds }, printing }: Order,
  { log, manager, system, faults }: Host,
): Promise<void> {
  const trial = seconds === undefined ? undefined : new Trial(seconds, system);
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
    const failed = trial?.failed.then(() => {
      undo = true;
      const line =
        `nobody confirmed within ${seconds} s (knockd confirm): the trial is over`;
      log.logger.warn("{line}", { event: "trial", seconds, line });
      // Whoever tries it looks at the terminal, and not at a log elsewhere.
      if (!log.isSeen) printing.line(line);
    });
    await Promise.race([asked, ...failed ? [failed] : []]);
  } finally {
    manager?.stopping();
    undo ||= trial?.left !== undefined;
    await daemon.stop({ undo, handOver: ending === "hand over" && !undo });
  }
}

/** It stands beside the journal; without one, memory keeps a little. */
async function openHistory(
  { options: { historyDays: days, historyRows: rows, stateDir } }: Config,
  { logger, watchers }: LogHandle,
  system: Host["system"],
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

/**
 * Nobody's doors are to stay shut because there is no place for a PID file, or because
 * another knockd, for another interface say, has the one that nobody asked for.
 */
function holdPidFile({ config, printing }: Order): Disposable | undefined {
  const { pidFile } = config.options;
  if (pidFile === undefined) return undefined;
  const file = orFailure(() => createPidFile(pidFile));
  if (!(file instanceof Failure)) return { [Symbol.dispose]: () => file.remove() };
  // knockd 0.8 calls it /var/run/knockd.pid.
  const isDefault = pidFile.replace(/^\/var(?=\/run\/)/, "") === DEFAULT_PID_FILE;
  if (file instanceof PidFileTaken && !isDefault) throw file;
  printing.warning(`${file.message}; going on without a PID file`);
  return undefined;
}
