/** The daemon: capture, doorman, leases and log, put together. */

import { changed } from "../config/changed.ts";
import type { Config } from "../config/config.ts";
import type { Address } from "../core/address.ts";
import { Failure } from "../core/failure.ts";
import type { DaemonOptions } from "./daemon_options.ts";
import { Doorman } from "./knocks/doorman.ts";
import { OnDuty } from "./knocks/on_duty.ts";
import { Openings } from "./knocks/openings.ts";
import { type ClientOfDoor, resync } from "./knocks/resync.ts";
import type { KernelDoors } from "./firewall/kernel_doors.ts";
import { adoptElements, kernelDoorsFor } from "./kernel_leases.ts";
import {
  type ChosenLeases,
  type Closed,
  closeWithin,
  isChosen,
} from "./leases/close_within.ts";
import { Leases } from "./leases/leases.ts";
import { CommandReport } from "./log/command_report.ts";
import { Report } from "./log/report.ts";
import { changeWarnings } from "./log/trouble.ts";
import { Runner } from "./commands/runner.ts";
import { DaemonJournal } from "./knocks/daemon_journal.ts";
import { type LastOpenings, type Status, statusOf } from "./status.ts";
import { SharedDoors } from "./shared_doors.ts";
import { Tally } from "./log/tally.ts";
import { Hearing } from "./hearing.ts";
import { coalesced, reloadConfig } from "./reload.ts";

export class Daemon {
  readonly #options: DaemonOptions;
  readonly #report: Report;
  readonly #runner: Runner;
  readonly #kernel: KernelDoors;
  readonly #leases: Leases;
  readonly #openings: Openings;
  readonly #shared: SharedDoors;
  readonly #hearing: Hearing;
  readonly #tally: Tally;
  readonly #journal: DaemonJournal;
  readonly #startedAt: number;
  readonly #hashKey = crypto.getRandomValues(new Uint32Array(2));
  readonly #onDuty: OnDuty;
  #config: Config;
  #addresses: Address[] = [];
  #ending = false;

  private constructor(options: DaemonOptions, kept: DaemonJournal) {
    const { config, log: { logger }, world, onTrial } = options;
    const { system, env, bootId, names } = world;
    this.#options = options;
    this.#journal = kept;
    this.#tally = new Tally(() => system.now());
    this.#report = new Report(logger, this.#tally, names, () => options.log.tellsHits);
    this.#startedAt = system.monotonic();
    const said = new CommandReport(logger, this.#tally.commands);
    this.#runner = new Runner({ system, report: said, env });
    const [report, runner] = [this.#report, this.#runner];
    this.#kernel = kernelDoorsFor(world, logger, onTrial, () => this.#leases);
    const [journal, elements] = [kept.journal, this.#kernel];
    this.#leases = new Leases({ system, journal, runner, report, bootId, elements });
    this.#shared = new SharedDoors({
      leases: () => this.#leases,
      ...{ journal, report, system, logger },
      onFault: world.faults.met,
      config: () => this.#config,
      onSpent: (series) => this.#onDuty.doorman.spentElsewhere(series),
    });
    this.#openings = new Openings(this.#shared, world.faults.met, system);
    this.#config = config;
    this.#onDuty = new OnDuty(this.#newDoorman(config), world.faults);
    this.#hearing = new Hearing({
      daemon: options,
      report,
      config: () => this.#config,
      onPacket: this.#onDuty.packet,
      isBehind: () => this.#openings.isBehind,
      onAddresses: this.#onAddresses,
    });
  }

  /**
   * Starts a daemon: it closes what an earlier one left open, and listens where it can.
   * If it can't listen at all, it closes every door and throws a Failure.
   */
  static async start(options: DaemonOptions): Promise<Daemon> {
    const { config, log: { logger }, world } = options;
    const journal = await DaemonJournal.open(config, logger, world.system);
    const daemon = new Daemon(options, journal);
    daemon.#report.starting(options.config.options.interfaces);
    daemon.#leases.restore();
    try {
      daemon.#kernel.apply(options.config);
      adoptElements(daemon.#kernel, daemon.#leases, options.config.doors);
      await daemon.#shared.join(options.config);
      await world.networkReady;
      daemon.#hearing.start(options.config);
    } catch (error) {
      await daemon.#end(() => false, true);
      throw error;
    }
    return daemon;
  }

  /**
   * Opens the log file anew and reads the config again; rejected, and nothing has changed,
   * if it is wrong or can't be put to work. All who wait for a turn are served together.
   */
  readonly reload = coalesced(() => this.#reload());

  /** Hears and opens, though nothing may have come: what does it is compiled now. */
  rehearse(): void {
    this.#hearing.wake();
    this.#shared.openAll([]);
  }

  /** Closes doors that are open, all or those of a name and an address. */
  async close(chosen: ChosenLeases): Promise<Closed> {
    const leases = this.#leases.list().filter(isChosen(chosen));
    const [here, { elsewhere, untold }] = await Promise.all([
      closeWithin(this.#leases, isChosen(chosen), this.#options.world.system),
      this.#shared.closed(chosen, leases),
    ]);
    return { ...here, closed: here.closed + elsewhere, ...(untold > 0 && { untold }) };
  }

  /** What the config in force has otherwise than the one that this daemon was started with. */
  readonly changed = () => changed(this.#options.config, this.#config);

  /** Whether the config has a door of that name, or one is still open. */
  knowsDoor(name: string): boolean {
    return this.#config.doors.some((door) => door.name === name) ||
      this.#leases.list().some(({ door }) => door === name);
  }

  /** Lets a client in again whose spent step lies in the future; gives that step's time. */
  resync(who: ClientOfDoor): number | undefined {
    const now = this.#options.world.system.now();
    return resync(this.#journal.journal, this.#config.doors, who, now);
  }

  /** The state of things, for `knockd status`. */
  status(trial?: number, lastOpenings: LastOpenings = new Map()): Status {
    this.#options.world.faults.attempt(() => this.#kernel.settle());
    return statusOf({
      config: this.#config,
      uptime: (this.#options.world.system.monotonic() - this.#startedAt) / 1000,
      trial,
      interfaces: this.#hearing.status,
      leases: this.#leases.list(),
      tally: this.#tally,
      newJournal: this.#journal.shut,
      fleet: this.#shared.standing,
    }, lastOpenings);
  }

  /**
   * Stops listening and closes the doors that are not to be kept open.
   *
   * @param undo whether the kernel's table becomes what it was before, and no door is kept
   * @param handOver whether all doors stay open, for the daemon that starts next
   */
  async stop({ undo = false, handOver = false } = {}): Promise<void> {
    if (this.#ending) return;
    this.#report.stopping();
    const kept = this.#config.doors.filter(({ onExit }) => onExit === "keep" && !undo);
    const keep = new Set(kept.map(({ name }) => name));
    await this.#end((door) => handOver || keep.has(door), undo);
  }

  /** Says which doors are open: who is told to end at once leaves them to the next start. */
  readonly abandon = () => this.#report.leases.abandoned(this.#leases.list());

  async #end(keep: (door: string) => boolean, undo: boolean): Promise<void> {
    this.#ending = true;
    await this.#hearing.close();
    this.#openings.flush();
    this.#onDuty.doorman.close();
    // Ahead of what takes time: whoever does not wait for that must not be locked out.
    if (undo) this.#kernel.undo();
    await this.#shared.leave();
    await this.#leases.end(({ door }) => keep(door));
    await this.#runner.drain();
    this.#kernel[Symbol.dispose]();
    this.#journal[Symbol.dispose]();
  }

  #reload(): Promise<void> {
    return reloadConfig({
      path: this.#config.path,
      report: this.#report,
      reopenLog: () => this.#options.log.reopen(),
      read: () => this.#options.reload(),
      apply: (config) => this.#apply(config),
    });
  }

  async #apply(config: Config): Promise<void> {
    await this.#journal.provideFor(config);
    if (this.#ending) throw new Failure("the daemon is stopping");
    // What was knocked for before opens what its door was then.
    this.#openings.flush();
    this.#putInForce(config, this.#build(config));
  }

  /** Everything about a config that can fail; nothing has changed yet, or ever does. */
  #build(config: Config): Doorman {
    this.#hearing.try(config);
    const doorman = this.#newDoorman(config, this.#onDuty.doorman);
    try {
      this.#kernel.apply(config);
    } catch (error) {
      doorman.close();
      throw error;
    }
    return doorman;
  }

  #putInForce(config: Config, doorman: Doorman): void {
    this.#onDuty.doorman.close();
    this.#onDuty.doorman = doorman;
    this.#config = config;
    for (const what of changeWarnings(this.changed())) this.#report.warning(what);
    this.#hearing.follow(config);
    this.#leases.reload(config.doors);
    this.#shared.reloaded();
  }

  #newDoorman({ doors, options }: Config, previous?: Doorman): Doorman {
    const doorman = new Doorman({
      doors,
      ignorePorts: options.ignorePorts,
      ipv4Only: this.#options.ipv4Only,
      system: this.#options.world.system,
      report: this.#report,
      journal: this.#shared.journal,
      open: (opening) => this.#shared.take(opening, this.#openings),
      hashKey: this.#hashKey,
    }, previous);
    doorman.setHostAddresses(this.#addresses);
    return doorman;
  }

  readonly #onAddresses = (addresses: Address[]): void => {
    this.#addresses = addresses;
    this.#onDuty.doorman.setHostAddresses(addresses);
  };
}
