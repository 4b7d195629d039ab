/**
 * What a rehearsal takes place on: a matcher, leases and a table like the daemon's own, and
 * behind them no log, no disk and no kernel.
 *
 * @module
 */
import type { Door } from "../../core/door.ts";
import type { KernelDoor } from "../../core/firewall/guarded_door.ts";
import { elementBatch } from "../../../ffi/netlink_batch.ts";
import { Runner } from "../commands/runner.ts";
import { DoorTable } from "../firewall/door_table.ts";
import { changesOf, type Nft } from "../firewall/nf_tables.ts";
import { Journal } from "../journal/journal.ts";
import { Doorman } from "../knocks/doorman.ts";
import { Openings } from "../knocks/openings.ts";
import type { Elements } from "../leases/elements.ts";
import { Leases } from "../leases/leases.ts";
import { CommandReport } from "../log/command_report.ts";
import { silentLogger } from "../log/log.ts";
import { Report } from "../log/report.ts";
import { Tally } from "../log/tally.ts";
import type { System } from "../system.ts";

/** Nothing is there, and nothing comes of anything. */
const NOWHERE: Nft = {
  elementPort: 0,
  run() {},
  change: (steps) => void elementBatch(changesOf(steps), 1),
  list: () => "",
  tables: () => [],
  chains: () => [],
  rules: () => [],
  sets: () => [],
  elements: () => [],
  [Symbol.dispose]() {},
};

/** A stage for some doors. */
export class Stage implements Disposable {
  /** Takes packets. */
  readonly doorman: Doorman;
  readonly #journal: Journal;
  readonly #system: CancelledSystem;
  #opened = 0;

  private constructor(doors: readonly KernelDoor[], system: System, journal: Journal) {
    this.#journal = journal;
    this.#system = new CancelledSystem(system);
    const leases = this.#leases(doors);
    const openAll = leases.openAll.bind(leases);
    const openings = new Openings({ openAll }, () => {}, this.#system);
    this.doorman = new Doorman({
      doors,
      ignorePorts: [],
      ipv4Only: false,
      system: this.#system,
      report: this.#report(),
      journal,
      open: (opening) => openings.add(opening),
      hashKey: crypto.getRandomValues(new Uint32Array(2)),
    });
  }

  /** Sets it up. */
  static async for(doors: readonly KernelDoor[], system: System): Promise<Stage> {
    return new Stage(doors, system, await Journal.inMemory());
  }

  /** How many doors have been opened on it. */
  get opened(): number {
    return this.#opened;
  }

  /** Takes it down. */
  [Symbol.dispose](): void {
    this.doorman.close();
    this.#system.cancelAll();
    this.#journal[Symbol.dispose]();
  }

  #leases(doors: readonly KernelDoor[]): Leases {
    const system = this.#system;
    const runner = new Runner({
      system,
      report: new CommandReport(silentLogger()),
      env: {},
    });
    const elements = this.#elements(doors);
    const [journal, report] = [this.#journal, this.#report()];
    return new Leases({ system, journal, runner, report, bootId: "", elements });
  }

  #elements(doors: readonly KernelDoor[]): Elements {
    const monotonic = () => this.#system.monotonic();
    const options = { name: "rehearsal", owner: "", nft: NOWHERE, monotonic };
    const table = new DoorTable({ ...options, sessions: () => [] });
    table.apply(doors);
    return {
      has: (door: Door) => door.kernel !== undefined,
      holds: () => false,
      put: (places) => {
        this.#opened += places.length;
        table.openAll(places);
      },
      take() {},
    };
  }

  #report(): Report {
    const tally = new Tally(() => this.#system.now());
    return new Report(silentLogger(), tally, undefined, () => false);
  }
}

/** The system, but for what would outlive the rehearsal or leave it. */
class CancelledSystem implements System {
  readonly #system: System;
  readonly #cancels = new Set<() => void>();

  constructor(system: System) {
    this.#system = system;
  }

  now(): number {
    return this.#system.now();
  }

  monotonic(): number {
    return this.#system.monotonic();
  }

  schedule(delayMs: number, run: () => void): () => void {
    const cancel = this.#system.schedule(delayMs, () => {
      this.#cancels.delete(cancel);
      run();
    });
    this.#cancels.add(cancel);
    return () => {
      this.#cancels.delete(cancel);
      cancel();
    };
  }

  spawn(): never {
    throw new Deno.errors.NotFound("nothing is run in a rehearsal");
  }

  async endMarked(): Promise<void> {}

  /** Nothing that was to come does. */
  cancelAll(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }
}
