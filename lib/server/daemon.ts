/**
 * The daemon: capture, doorman, leases and log, put together.
 *
 * @module
 */
import { changedForGood } from "../config/changed_for_good.ts";
import type { Config } from "../config/config.ts";
import { type Address, parseAddress } from "../core/address.ts";
import { captureFilter } from "../core/filter.ts";
import { bootId } from "./leases/boot_id.ts";
import { Capture, type CaptureEvent } from "./capture/capture.ts";
import { Doorman } from "./knocks/doorman.ts";
import { commandEnvironment } from "./commands/environment.ts";
import { HostNames } from "./log/host_names.ts";
import { Journal } from "./journal/journal.ts";
import type { Lease } from "./leases/lease.ts";
import { Leases } from "./leases/leases.ts";
import type { LogHandle } from "./log/log.ts";
import { Report } from "./log/report.ts";
import { Runner } from "./commands/runner.ts";
import { type Status, statusOf } from "./status.ts";
import type { System } from "./system.ts";
import { Tally } from "./log/tally.ts";

/** What a daemon needs. */
export interface DaemonOptions {
  readonly config: Config;
  readonly log: LogHandle;
  readonly system: System;
  /** Leave IPv6 out. */
  readonly ipv4Only: boolean;
  /** Log host names instead of addresses. */
  readonly lookup: boolean;
  /** Reads the config again; throws a Failure if it is wrong. */
  readonly reload: () => Promise<Config>;
  /** Called when an interface hears, with its addresses. */
  readonly onListening: (name: string, addresses: readonly string[]) => void;
  /** Called when an interface does not hear, with the reason. */
  readonly onDeaf: (name: string, reason: string) => void;
  /** Called when traffic becomes heavy. */
  readonly onBusy: () => void;
}

/** How long whoever asks for doors to be closed waits for their stop commands. */
const CLOSE_PATIENCE_MS = 20_000;

/** A daemon that runs. */
export class Daemon {
  readonly #options: DaemonOptions;
  readonly #report: Report;
  readonly #journal: Journal;
  readonly #runner: Runner;
  readonly #leases: Leases;
  readonly #capture: Capture;
  readonly #tally: Tally;
  readonly #startedAt: number;
  readonly #seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
  #config: Config;
  #doorman: Doorman;
  #addresses: Address[] = [];
  #reloading: Promise<unknown> = Promise.resolve();

  private constructor(options: DaemonOptions, journal: Journal) {
    const { config, log, system } = options;
    this.#options = options;
    this.#config = config;
    this.#journal = journal;
    const names = options.lookup ? new HostNames() : undefined;
    this.#tally = new Tally(() => system.now());
    this.#report = new Report(log.logger, this.#tally, (ip) => names?.nameOf(ip) ?? ip);
    this.#startedAt = system.monotonic();
    const env = commandEnvironment(Deno.env.toObject());
    this.#runner = new Runner({ system, logger: log.logger, env });
    this.#leases = new Leases({
      system,
      journal,
      runner: this.#runner,
      report: this.#report,
      bootId: bootId(),
    });
    this.#doorman = this.#newDoorman();
    this.#capture = new Capture({
      interfaces: config.options.interfaces,
      system,
      filter: (linkType) => this.#filter(linkType),
      onPacket: (linkType, bytes, offset, captured, time) =>
        this.#doorman.packet(linkType, bytes, offset, captured, time),
      onBusy: options.onBusy,
      onEvent: (event) => this.#onEvent(event),
    });
  }

  /**
   * Starts a daemon: it closes what an earlier one left open, and listens where it can.
   * If it can't listen at all, it closes every door and throws a Failure.
   */
  static async start(options: DaemonOptions): Promise<Daemon> {
    const journal = await Journal.open(options.config.options.stateDir);
    const daemon = new Daemon(options, journal);
    daemon.#report.starting(options.config.options.interfaces);
    daemon.#leases.restore();
    try {
      daemon.#capture.start();
    } catch (error) {
      await daemon.#end(() => false);
      throw error;
    }
    return daemon;
  }

  /** Rejected if the daemon can't go on, which is a fault in the program. */
  get done(): Promise<void> {
    return this.#capture.done;
  }

  /**
   * Opens the log file anew and reads the config again; rejected with a Failure, and
   * nothing has changed, if it is wrong.
   */
  reload(): Promise<void> {
    const reloaded = this.#reloading.then(() => this.#reload());
    this.#reloading = reloaded.catch(() => {});
    return reloaded;
  }

  /**
   * Closes doors that are open, all or those of a name and an address. Gives how many it
   * closed, and how many it goes on trying to close because their stop commands fail.
   */
  async close(
    { door, ip }: { door?: string; ip?: string },
  ): Promise<{ closed: number; failing: number }> {
    const { system } = this.#options;
    const chosen = (lease: Lease) =>
      (door === undefined || lease.door === door) &&
      (ip === undefined || lease.ip === ip);
    const before = this.#leases.list().filter(chosen);
    const enough = Promise.withResolvers<void>();
    const cancel = system.schedule(CLOSE_PATIENCE_MS, enough.resolve);
    const closed = this.#leases.close(chosen, "closed by the administrator");
    await Promise.race([closed, enough.promise]);
    cancel();
    const left = new Set(this.#leases.list());
    const failing = before.filter((lease) => left.has(lease)).length;
    return { closed: before.length - failing, failing };
  }

  /** Whether the config has a door of that name, or one is still open. */
  knowsDoor(name: string): boolean {
    return this.#config.doors.some((door) => door.name === name) ||
      this.#leases.list().some(({ door }) => door === name);
  }

  /** The state of things, for `knockd status`. */
  status(trial?: number): Status {
    return statusOf({
      config: this.#config,
      uptime: (this.#options.system.monotonic() - this.#startedAt) / 1000,
      trial,
      interfaces: this.#capture.status(),
      leases: this.#leases.list(),
      tally: this.#tally,
    });
  }

  /** Stops listening and closes the doors that are not to be kept open. */
  async stop(): Promise<void> {
    this.#report.stopping();
    const keep = new Set(
      this.#config.doors.filter(({ onExit }) => onExit === "keep").map(({ name }) =>
        name
      ),
    );
    await this.#end((door) => keep.has(door));
  }

  async #end(keep: (door: string) => boolean): Promise<void> {
    await this.#capture.close();
    this.#doorman.close();
    await this.#leases.end(({ door }) => keep(door));
    await this.#runner.drain();
    this.#journal[Symbol.dispose]();
  }

  async #reload(): Promise<void> {
    const { log, reload } = this.#options;
    log.reopen();
    this.#report.reloading(this.#config.path);
    let config: Config;
    try {
      config = await reload();
    } catch (error) {
      // Whatever it is, the daemon has doors to close and goes on.
      const { message } = error instanceof Error ? error : new Error(`${error}`);
      for (const line of message.split("\n")) this.#report.trouble(line);
      this.#report.trouble("the config was not read again; the old one stays in force");
      throw error;
    }
    for (const option of changedForGood(this.#config, config)) {
      this.#report.warning(`${option} has changed: that takes a restart`);
    }
    this.#config = config;
    this.#doorman = this.#newDoorman(this.#doorman);
    this.#capture.setInterfaces(config.options.interfaces);
    this.#capture.refilter();
    const doors = new Set(config.doors.map(({ name }) => name));
    this.#leases.close(({ door }) => !doors.has(door), "no longer in the config");
  }

  #newDoorman(previous?: Doorman): Doorman {
    const { doors, options } = this.#config;
    const doorman = new Doorman({
      doors,
      ignorePorts: options.ignorePorts,
      ipv4Only: this.#options.ipv4Only,
      system: this.#options.system,
      report: this.#report,
      journal: this.#journal,
      open: (opening) => this.#leases.open(opening),
      seed: this.#seed,
    }, previous);
    doorman.setHostAddresses(this.#addresses);
    return doorman;
  }

  #filter(linkType: number): string {
    const { doors, options } = this.#config;
    const { ipv4Only } = this.#options;
    return captureFilter(doors, options.ignorePorts, { linkType, ipv4Only });
  }

  #onEvent(event: CaptureEvent): void {
    switch (event.kind) {
      case "listening":
        this.#report.listening(event.interface, event.addresses);
        return this.#options.onListening(event.interface, event.addresses);
      case "deaf":
        this.#report.deaf(event.interface, event.reason);
        return this.#options.onDeaf(event.interface, event.reason);
      case "slow":
        return this.#report.slow(event.interface, event.reason);
      case "addresses":
        this.#addresses = event.addresses.flatMap((text) => parseAddress(text) ?? []);
        return this.#doorman.setHostAddresses(this.#addresses);
    }
  }
}
